import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aList, aStatus, type KubeCall, startKubeServer } from '../support/kube-server.ts';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

/** The command, with a kubeconfig to a server that answers so. */
async function against(answer: (call: KubeCall) => void, words: readonly string[]) {
  const { origin, calls } = await startKubeServer(answer);
  const file = join(await tempDir(), 'kubeconfig');
  const config = {
    clusters: [{ name: 'c', cluster: { server: origin, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    'current-context': 'x',
  };
  await writeFile(file, JSON.stringify(config));
  return { ...(await sluice([...words, '--kubeconfig', file])), calls };
}

it('asks in the namespace of the kubeconfig, as its user, and says what to do where the kinds are not known', async () => {
  const asked = await against((call) => call.json(404, aStatus(404, 'NotFound', 'page not found')), ['list']);
  expect(asked).toMatchObject({ code: 3, out: '' });
  expect(asked.err).toContain('sluice crds | kubectl apply -f -');
  const [call] = asked.calls;
  expect(call?.path).toBe('/apis/sluice.dev/v1alpha1/namespaces/shop/releases');
  expect(call?.headers.authorization).toBe('Bearer secret');
});

it('tells what the server refuses in the server’s words', async () => {
  const refusal = 'releases.sluice.dev is forbidden: User "eve" cannot list resource "releases"';
  const asked = await against((call) => call.json(403, aStatus(403, 'Forbidden', refusal)), ['history']);
  expect(asked).toMatchObject({ code: 3 });
  expect(asked.err).toContain('cannot list resource "releases"');
});

it('names a kubeconfig that is not there', async () => {
  const asked = await sluice(['get', 'app', '--kubeconfig', '/nowhere/kubeconfig']);
  expect(asked).toMatchObject({ code: 3 });
  expect(asked.err).toContain('/nowhere/kubeconfig');
});

it('lists the releases of every namespace that has policies, and says which it may not read', async () => {
  const policy = (namespace: string) => ({
    metadata: { name: 'app', namespace, uid: namespace, resourceVersion: '1' },
  });
  const answer = (call: KubeCall): void => {
    if (call.path.endsWith('/v1alpha1/releasepolicies'))
      call.json(200, aList(1, [policy('shop'), policy('pay'), policy('hr')]));
    else if (call.path.includes('/namespaces/hr/')) call.json(403, aStatus(403, 'Forbidden', 'not for you'));
    else call.json(200, aList(1, []));
  };
  const asked = await against(answer, ['list', '-A', '-o', 'json']);
  expect(asked).toMatchObject({ code: 0, err: expect.stringContaining('namespace hr is left out: ') });
  expect(JSON.parse(asked.out)).toEqual({ releases: [] });
  const paths = asked.calls.map(({ path }) => path).filter((path) => path.endsWith('/releases'));
  expect(new Set(paths)).toEqual(
    new Set(['hr', 'pay', 'shop'].map((name) => `/apis/sluice.dev/v1alpha1/namespaces/${name}/releases`)),
  );
});

it('refuses to look at all namespaces for ever, and a dry run without a cluster', async () => {
  expect(await sluice(['list', '-A', '-w'])).toMatchObject({ code: 3, err: expect.stringContaining('leave -A out') });
  expect(await sluice(['start', 'app', '--dry-run'])).toMatchObject({
    code: 3,
    err: expect.stringContaining('start --dry-run is of a cluster'),
  });
});

it('a dry run tells what it could not read, and what there is nothing to rehearse of', async () => {
  const gone = await against(
    (call) => call.json(404, aStatus(404, 'NotFound', 'no such policy')),
    ['start', 'app', '--dry-run'],
  );
  expect(gone).toMatchObject({ code: 3, err: expect.stringContaining('no such policy') });
  const broken = { metadata: { name: 'app', uid: 'u', resourceVersion: '1' }, spec: {} };
  const invalid = await against((call) => call.json(200, broken), ['start', 'app', '--dry-run']);
  expect(invalid).toMatchObject({ code: 1, err: expect.stringContaining('sluice preflight app') });
});
