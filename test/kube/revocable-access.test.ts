import { expect, it } from 'vitest';
import { KubeClient } from '../../src/kube/client.ts';
import { revocableAccess } from '../../src/kube/revocable-access.ts';
import { eventually } from '../support/eventually.ts';
import { startKubeObjects } from '../support/kube-objects.ts';
import { startKubeServer } from '../support/kube-server.ts';

it('lets nobody ask for anything once it is taken away', async () => {
  const { accepted, put, server } = await startKubeObjects();
  const path = '/api/v1/namespaces/shop/configmaps/a';
  put(path, { data: {} });
  const revoked = new AbortController();
  const client = new KubeClient(revocableAccess(server.client().access, revoked.signal));
  expect(await client.get(path)).toMatchObject({ ok: true });
  revoked.abort();
  expect(await client.get(path)).toMatchObject({ ok: false, error: { reason: 'Unauthorized' } });
  const patched = await client.patch(path, { type: 'merge', body: { data: { a: '1' } } });
  expect(patched).toMatchObject({ ok: false, error: { reason: 'Unauthorized' } });
  expect(accepted).toEqual([]);
});

it('cuts what is under way when it is taken away', async () => {
  const server = await startKubeServer(({ query, response }) => {
    if (query.has('watch')) response.writeHead(200).flushHeaders();
  });
  const revoked = new AbortController();
  const never = { readWithinMs: 3_600_000, writeWithinMs: 3_600_000 };
  const client = new KubeClient(revocableAccess(server.client().access, revoked.signal), never);
  const written = client.create('/api/v1/namespaces/shop/configmaps', { metadata: { name: 'a' } });
  const watched = await client.stream('/api/v1/pods', { watch: 'true' }, new AbortController().signal);
  if (!watched.ok) throw new Error(watched.error.message);
  await eventually(() => server.calls.length === 2);
  revoked.abort();
  expect(await written).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
  await expect(watched.value[Symbol.asyncIterator]().next()).rejects.toThrow();
});

it('begins nothing with a token that was read too late', async () => {
  const server = await startKubeServer(({ json }) => json(200, {}));
  const { access } = server.client();
  const revoked = new AbortController();
  const credentials: typeof access.credentials = async () => {
    const given = await access.credentials();
    revoked.abort();
    return given;
  };
  const client = new KubeClient(revocableAccess({ ...access, credentials }, revoked.signal));
  expect(await client.delete('/api/v1/pods/a')).toMatchObject({ ok: false, error: { reason: 'Unauthorized' } });
  expect(server.calls).toEqual([]);
});
