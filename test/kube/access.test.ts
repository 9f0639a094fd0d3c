import { readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { openAccess } from '../../src/kube/access.ts';
import { KubeClient } from '../../src/kube/client.ts';
import { plainAccess } from '../../src/kube/plain-access.ts';
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

describe('access without the client library', () => {
  it('is read from a kubeconfig with a token, and left to the library where that is not all', async () => {
    const server = await startKubeServer(({ json }) => json(200, anObject('app', 1)));
    const path = await kubeconfig(server.origin);
    const access = await plainAccess({ kind: 'file', path });
    expect(access).toMatchObject({ server: server.origin, namespace: 'shop' });
    if (access !== null) await new KubeClient(access).get('/x');
    expect(server.calls[0]?.headers).toMatchObject({ authorization: 'Bearer given' });
    expect(await plainAccess({ kind: 'file', path, context: 'bob' })).toBeNull();
    expect(await plainAccess({ kind: 'file', path, context: 'gone' })).toBeNull();
    expect(await plainAccess({ kind: 'file', path: `${path}-none` })).toBeNull();
  });

  it('sends no token in clear to whom nobody said so: the library says why', async () => {
    const path = await kubeconfig('http://127.0.0.1:1');
    await writeFile(path, (await readFile(path, 'utf8')).replace('insecure-skip-tls-verify: true', ''));
    expect(await plainAccess({ kind: 'file', path })).toBeNull();
    const refused = openAccess({ kind: 'file', path });
    expect(refused.ok && (await refused.value.credentials())).toMatchObject({ error: { reason: 'Unauthorized' } });
  });

  it('trusts the authority that stands in its file now, by a connection of its own', async () => {
    const account = await tempDir();
    const given = { 'ca.crt': 'old', namespace: 'shop', token: 'x' };
    for (const [name, text] of Object.entries(given)) await writeFile(join(account, name), text);
    const env = { HOME: account, KUBERNETES_SERVICE_HOST: '::1', KUBERNETES_SERVICE_PORT: '443' };
    const access = await plainAccess({ kind: 'default' }, { env, account });
    const agent = async (): Promise<Agent> => {
      const credentials = await access?.credentials();
      if (credentials?.ok !== true || !(credentials.value.agent instanceof Agent)) throw new Error('no agent');
      return credentials.value.agent;
    };
    const before = await agent();
    expect([await agent(), String(before.options.ca)]).toEqual([before, 'old']);
    await writeFile(join(account, 'ca.crt'), 'new');
    const after = await agent();
    expect(String(after.options.ca)).toBe('new');
    await rm(join(account, 'ca.crt'));
    expect(await agent()).toBe(after);
  });

  it('is what the kubelet gives a pod, with the token as it is now', async () => {
    const account = await tempDir();
    const given = { 'ca.crt': 'x', namespace: 'shop\n', token: 'first\n' };
    for (const [name, text] of Object.entries(given)) await writeFile(join(account, name), text);
    const env = { HOME: account, KUBERNETES_SERVICE_HOST: '::1', KUBERNETES_SERVICE_PORT: '443' };
    const access = await plainAccess({ kind: 'default' }, { env, account });
    expect(access).toMatchObject({ server: 'https://[::1]:443', namespace: 'shop' });
    const authorization = async () => {
      const given = await access?.credentials();
      return given?.ok === true ? given.value.headers['authorization'] : given?.error.message;
    };
    expect(await authorization()).toBe('Bearer first');
    await writeFile(join(account, 'token'), 'second');
    expect(await authorization()).toBe('Bearer second');
    await rm(join(account, 'token'));
    expect(await authorization()).toContain("can't be read");
    expect(await plainAccess({ kind: 'default' }, { env: { ...env, KUBECONFIG: '/none' }, account })).toBeNull();
  });
});
