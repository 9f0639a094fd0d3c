/** `sluice controller` of all namespaces, by an account that may not list them: it says so, and ends. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { namespaceName } from '../../src/cli/option-values.ts';
import { atTestEnd } from '../support/at-end.ts';
import { getJson } from '../support/http-server.ts';
import { aStatus, type KubeCall, startKubeServer } from '../support/kube-server.ts';
import { sluice, startSluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

it('is not ready before the first list, and ends where that is refused, whatever failed before', async () => {
  const refused: { now: boolean } = { now: false };
  const failing = ({ json }: KubeCall): void =>
    refused.now ? json(403, aStatus(403, 'Forbidden', 'not in all')) : json(500, aStatus(500, 'InternalError', 'ill'));
  const { origin } = await startKubeServer(failing);
  const folder = await tempDir();
  const [kubeconfig, settings] = [join(folder, 'kubeconfig'), join(folder, 'settings.yaml')];
  const config = {
    clusters: [{ name: 'c', cluster: { server: origin, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  await writeFile(settings, stringify({ sources: {} }));
  const words = ['--settings', settings, '--kubeconfig', kubeconfig, '--listen', '127.0.0.1:0', '--no-review'];
  const running = startSluice(['controller', ...words], { atEnd: atTestEnd });
  const told = running.says(/name those that it shall look after/);
  const [, url = ''] = await running.says(/listens at (http:\S+)/);
  expect((await getJson(`${url}/livez`)).status).toBe(200);
  expect(await getJson(`${url}/readyz`)).toMatchObject({
    status: 503,
    body: { missing: ['policies of all namespaces were not listed yet'] },
  });
  refused.now = true;
  await told;
  expect(await running.exited).toBe(3);
});

it('takes one name as a namespace, and no list', async () => {
  const { code, err } = await sluice(['controller', '--settings', 'settings.yaml', '--namespace', 'shop,bank']);
  expect([code, err]).toEqual([3, expect.stringContaining('name one namespace')]);
  for (const name of ['Shop', '../shop', '', '-a', 'a'.repeat(64)])
    expect(() => namespaceName(name)).toThrow('name one namespace');
  for (const name of ['a', '0-9', 'a'.repeat(63)]) expect(namespaceName(name)).toBe(name);
});
