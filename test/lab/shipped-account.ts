/** The controller's account as the chart ships it: its role in a namespace, and a token by which a test runs a controller as it. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderChart } from '../deploy/rendered.ts';
import type { AtEnd } from '../support/at-end.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { JoinedLab } from './joined-lab.ts';
import { fileOf } from './parts/parts.ts';

export interface ShippedAccount {
  /** File of a kubeconfig. */
  readonly kubeconfig: string;
  /** As the API server calls it. */
  readonly user: string;
  /** Everything that the API server refused this account, as `verb path`. */
  refused(): readonly string[];
}

interface Shipping {
  /** Values of the chart, `routers.istio=true`. */
  readonly set?: readonly string[];
  /** Default: the end of the test that runs. */
  readonly atEnd?: AtEnd;
}

export async function shippedAccount(
  lab: JoinedLab,
  namespace: string,
  { set = [], atEnd }: Shipping = {},
): Promise<ShippedAccount> {
  applyText(lab, renderChart({ namespace, set, only: ['account', 'role', 'review'] }));
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/sluice/token`;
  const asked = await lab
    .api()
    .create<{ readonly metadata: never; readonly status: { readonly token: string } }>(path, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3_600 },
    });
  const { ca, server } = lab.state;
  const file = join(await tempDir(atEnd), 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: 'sluice', user: { token: asked.status.token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'sluice', namespace } }],
    'current-context': 'lab',
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const user = `system:serviceaccount:${namespace}:sluice`;
  const refused = (): readonly string[] =>
    lab
      .audit()
      .filter((event) => event.user.username === user && event.responseStatus?.code === 403)
      .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
  return { kubeconfig: file, user, refused };
}

/** As `kubectl apply -f -` does. */
export const applyText = (lab: JoinedLab, text: string): string =>
  execFileSync(fileOf('kubernetes', 'kubectl'), ['--kubeconfig', lab.kubeconfig('admin'), 'apply', '-f', '-'], {
    input: text,
    encoding: 'utf8',
  });
