import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aStatus, type KubeCall, startKubeServer } from '../support/kube-server.ts';
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
