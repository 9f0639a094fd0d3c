import { expect, it } from 'vitest';
import { KubeClient } from '../../src/kube/client.ts';
import { revocableAccess } from '../../src/kube/revocable-access.ts';
import { startKubeObjects } from '../support/kube-objects.ts';

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
