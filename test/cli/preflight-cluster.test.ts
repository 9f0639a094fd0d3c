/** `sluice preflight` against a server that has a policy and little else: what it takes for a file, and what can't be asked from here. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { aClusterSpec } from '../support/cluster-policy.ts';
import { aStatus, startKubeServer } from '../support/kube-server.ts';
import { json, queryServer } from '../support/query-server.ts';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Line {
  readonly grade: string;
  readonly subject: string;
  readonly says: string;
}

const { notify: _notify, ...others } = aClusterSpec;
const spec = {
  ...others,
  rules: { inline: { error_rate: { threshold: '0.1%', window: '5m', alert: 'critical' } } },
};

interface Given {
  readonly mode?: 'enforce' | 'observe';
  /** Selectors of those that are there, by name. */
  readonly services?: Readonly<Record<string, object>>;
  readonly stable?: string | null;
  readonly url?: string;
}

/** A cluster in which the policy has this stable revision; null: it is not applied. */
async function aScene({ mode = 'enforce', services = {}, stable = null, url = '' }: Given) {
  const folder = await tempDir();
  const metadata = { name: 'app', namespace: 'shop', uid: 'u', resourceVersion: '1' };
  const { origin } = await startKubeServer((call) => {
    const [, name = ''] = /\/services\/([^/]+)$/.exec(call.path) ?? [];
    const selector = services[name];
    if (selector !== undefined) return call.json(200, { metadata: { ...metadata, name }, spec: { selector } });
    return stable !== null && call.path.endsWith('/releasepolicies/app')
      ? call.json(200, { metadata, spec, status: { stable } })
      : call.json(404, aStatus(404, 'NotFound', 'not there'));
  });
  const [kubeconfig, settings, policy] = ['kubeconfig', 'settings.yaml', 'policy.yaml'].map((name) =>
    join(folder, name),
  );
  const config = {
    clusters: [{ name: 'c', cluster: { server: origin, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    'current-context': 'x',
  };
  await writeFile(kubeconfig ?? '', JSON.stringify(config));
  await writeFile(settings ?? '', stringify({ sources: { main: { prometheus: { url } } } }));
  const document = {
    apiVersion: 'sluice.dev/v1alpha1',
    kind: 'ReleasePolicy',
    metadata: { name: 'app' },
    spec: { ...spec, mode },
  };
  await writeFile(policy ?? '', stringify(document));
  const ask = (name: string) =>
    sluice(['preflight', name, '--kubeconfig', kubeconfig ?? '', '--settings', settings ?? '', '-o', 'json']);
  const linesOf = async (): Promise<readonly Line[]> => {
    const { err, out } = await ask(policy ?? '');
    if (out === '') throw new Error(err);
    return (JSON.parse(out) as { readonly lines: readonly Line[] }).lines;
  };
  return { ask, folder, linesOf };
}

/** A Prometheus that answers, and has none of the series. */
const emptySource = async (): Promise<string> => {
  const none = { status: 'success', data: { resultType: 'vector', result: [] } };
  return (await queryServer((_query, response) => json(response, none))).url;
};

it('takes a folder that is called as a policy is for no file', async () => {
  const { ask, folder } = await aScene({ url: 'http://127.0.0.1:1' });
  await mkdir(join(folder, 'app'));
  expect((await ask(join(folder, 'app'))).err).toContain('there is no ReleasePolicy');
});

it.each([
  ['a file of a policy that was taken over', 'v1', /^(fail|warn)$/],
  ['a file of one that was not', null, /^skip$/],
] as const)('grades rules without data: %s', async (_what, stable, grade) => {
  const { linesOf } = await aScene({ stable, url: await emptySource() });
  const rules = (await linesOf()).filter(({ subject }) => subject === 'rule error_rate');
  expect(rules.length).toBeGreaterThan(0);
  for (const line of rules) expect(line.grade).toMatch(grade);
});

it('says of a source that it can not be asked from here, and of its rules', async () => {
  const { linesOf } = await aScene({ stable: 'v1', url: 'http://127.0.0.1:1' });
  const lines = await linesOf();
  for (const subject of ['source main', 'rule error_rate']) {
    const line = lines.find((each) => each.subject === subject);
    expect(line).toMatchObject({ grade: 'skip' });
    expect(line?.says).toContain("can't be asked from here");
  }
});

it('asks of a rollout that somebody else drives for nothing that delivering would need', async () => {
  const services = { 'app-stable': { app: 'app-primary' }, 'app-canary': {} };
  const { linesOf } = await aScene({ mode: 'observe', services, url: 'http://127.0.0.1:1' });
  const lines = await linesOf();
  const of = (subject: string) => lines.filter((each) => each.subject === subject);
  expect(of('deployment app')).toMatchObject([{ grade: 'skip', says: expect.stringContaining('whoever drives') }]);
  expect(of('service app-stable')).toMatchObject([{ grade: 'ok' }]);
  expect(of('service app-canary')).toMatchObject([{ grade: 'fail', says: expect.stringContaining('selects no pods') }]);
  expect(lines.filter(({ subject }) => subject === 'service app' || subject.startsWith('writing'))).toEqual([]);
});
