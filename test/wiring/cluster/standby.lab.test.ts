/** Two controllers behind one Service: the one that waits shows what there is and takes no orders, and takes over when the other is killed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KubernetesStore } from '../../../src/release/kubernetes-store.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { clientOf } from '../../lab/client-of.ts';
import { joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { shippedAccount } from '../../lab/shipped-account.ts';
import { atTestEnd } from '../../support/at-end.ts';
import { documentedRoles, grant } from '../../support/documented-roles.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { getJson, postJson } from '../../support/http-server.ts';
import { bakingRelease } from '../../support/sample-release.ts';
import { startSluice } from '../../support/sluice-command.ts';
import { tempDir } from '../../support/temp-dir.ts';

const withinMs = 120_000;

it.runIf(await needsLab('bare'))(
  'a standby reads, refuses orders by the name of who leads, and follows',
  { timeout: 300_000 },
  async () => {
    const lab = await joinLab(atTestEnd);
    const api = lab.api();
    await applyDefinitions(api);
    const namespace = await lab.namespace();
    const account = await shippedAccount(lab, namespace);
    const store = new KubernetesStore({ client: clientOf(lab, 'admin'), namespace, epoch: 1, holds: () => true });
    expect(await store.save({ ...bakingRelease(), version: 0 }, [])).toMatchObject({ ok: true });
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await api.create(accounts, { metadata: { name: 'ada' } });
    const [, operating] = await documentedRoles();
    if (operating === undefined) throw new Error('the page gives no two roles');
    await grant(lab, namespace, operating, [{ kind: 'ServiceAccount', name: 'ada', namespace }]);
    const made = await api.create<{ readonly status: { readonly token: string } }>(`${accounts}/ada/token`, {
      spec: { audiences: ['sluice'], expirationSeconds: 600 },
    });
    const ada = { authorization: `Bearer ${made.status.token}` };
    const settings = join(await tempDir(), 'settings.yaml');
    await writeFile(settings, 'sources: { pods: { scrape: { interval: 1s } } }');
    const start = async () => {
      const listen = `127.0.0.1:${await freePort()}`;
      const place = ['--namespace', namespace, '--kubeconfig', account.kubeconfig, '--listen', listen];
      const { child, exited } = startSluice(['controller', '--settings', settings, ...place]);
      return { url: `http://${listen}`, child, exited };
    };
    const stands = async (url: string, ready: number): Promise<boolean> =>
      (await getJson(`${url}/readyz`).catch(() => null))?.status === ready;

    const first = await start();
    await eventually(() => stands(first.url, 200), { withinMs });
    const second = await start();
    await eventually(() => stands(second.url, 503), { withinMs });

    const at = `${second.url}/api/v1/releases/app-3f2a`;
    expect(await getJson(`${second.url}/livez`)).toMatchObject({ status: 200 });
    expect(await getJson(at, ada)).toMatchObject({ status: 200, body: { id: 'app-3f2a', phase: 'baking' } });
    expect(await getJson(at)).toMatchObject({ status: 401 });
    const order = { revision: 'v1.9.0', reason: 'a look' };
    const refused = await postJson(`${at}/pause`, order, ada);
    expect(refused).toMatchObject({ status: 503, body: { reason: 'Standby' } });
    expect(refused.body.message).toMatch(/nothing was done: \S+ leads\./);
    expect(refused.body.message).toContain(`sluice COMMAND -n ${namespace}`);

    first.child.kill('SIGKILL');
    await first.exited;
    await eventually(() => stands(second.url, 200), { withinMs });
    expect((await postJson(`${at}/pause`, order, ada)).status).toBe(200);
    second.child.kill('SIGTERM');
    await second.exited;
    expect(account.refused()).toEqual([]);
  },
);
