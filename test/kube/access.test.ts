import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { openAccess } from '../../src/kube/access.ts';
import { KubeClient } from '../../src/kube/client.ts';
import { anObject, startKubeServer } from '../support/kube-server.ts';
import { tempDir } from '../support/temp-dir.ts';

/** A kubeconfig with two contexts: as a token, and by a file with one. */
async function kubeconfig(server: string): Promise<string> {
  const folder = await tempDir();
  await writeFile(join(folder, 'token'), 'from-file');
  const cluster = { server, 'insecure-skip-tls-verify': true };
  const path = join(folder, 'config');
  const provider = { name: 'tokenFile', config: { tokenFile: join(folder, 'token') } };
  await writeFile(
    path,
    stringify({
      clusters: [{ name: 'c', cluster }],
      users: [
        { name: 'ann', user: { token: 'given' } },
        { name: 'bob', user: { 'auth-provider': provider } },
      ],
      contexts: [
        { name: 'ann', context: { cluster: 'c', user: 'ann', namespace: 'shop' } },
        { name: 'bob', context: { cluster: 'c', user: 'bob' } },
      ],
      'current-context': 'ann',
    }),
  );
  return path;
}

describe('access to a cluster', () => {
  it.each([
    [{}, 'shop', 'Bearer given'],
    [{ context: 'bob' }, 'default', 'Bearer from-file'],
  ])('is read from a kubeconfig, in the context that is asked for: %o', async (of, namespace, authorization) => {
    const server = await startKubeServer(({ json }) => json(200, anObject('app', 1)));
    const access = openAccess({ kind: 'file', path: await kubeconfig(server.origin), ...of });
    if (!access.ok) throw new Error(access.error.message);
    expect(access.value).toMatchObject({ server: server.origin, namespace });
    expect(await new KubeClient(access.value).get('/x')).toMatchObject({ ok: true });
    expect(server.calls[0]?.headers).toMatchObject({ authorization });
  });

  it.each([
    ['there is none', async () => join(await tempDir(), 'none'), {}, 'ENOENT'],
    ['it has no such context', () => kubeconfig('http://127.0.0.1:1'), { context: 'gone' }, '"gone" names no cluster'],
  ])('says what is wrong when %s', async (_what, path, of, message) => {
    const access = openAccess({ kind: 'file', path: await path(), ...of });
    expect(access).toMatchObject({
      ok: false,
      error: { reason: 'Unauthorized', message: expect.stringContaining(message) },
    });
  });
});
