/** A rehearsal against a server that refuses: what the release would meet is told, and a right that is lacking only here is not. */
import { expect, it } from 'vitest';
import { RehearsedClient } from '../../../src/wiring/dry-run/rehearsed-client.ts';
import { Refused, startKubeObjects } from '../../support/kube-objects.ts';

const folder = '/apis/apps/v1/namespaces/shop/deployments';
const body = { kind: 'Deployment', metadata: { name: 'app-v2' }, spec: { replicas: 2 } };
const merge = { type: 'merge', body: { spec: { replicas: 3 } } } as const;

async function refusing(message: string) {
  const objects = await startKubeObjects();
  objects.put(`${folder}/app`, { metadata: {}, spec: { replicas: 1 } });
  objects.before = () => {
    throw new Refused(403, 'Forbidden', message);
  };
  return { client: new RehearsedClient(objects.server.client().access), objects };
}

it.each([
  'admission webhook "images.example.com" denied the request: app:2 is not signed',
  'pods "app-v2" is forbidden: exceeded quota: pods, requested: 2, used: 9, limited: 10',
])('what a release would be refused by is no lack of rights: %s', async (message) => {
  const { client } = await refusing(message);
  expect(await client.create(folder, body)).toMatchObject({ error: { message: expect.stringContaining(message) } });
  expect(await client.patch(`${folder}/app`, merge)).toMatchObject({ error: { reason: 'Forbidden' } });
  expect(client.writes).toEqual([]);
});

it('what whoever rehearses may not write is worked out here, and noted as not asked', async () => {
  const message = 'deployments.apps is forbidden: User "ada" cannot patch resource "deployments" in API group "apps"';
  const { client } = await refusing(message);
  expect(await client.create(folder, body)).toMatchObject({ ok: true });
  expect(await client.patch(`${folder}/app`, merge)).toMatchObject({ value: { spec: { replicas: 3 } } });
  expect(client.writes.map(({ unasked, verb }) => [verb, unasked])).toEqual([
    ['create', expect.stringContaining(message)],
    ['patch', expect.stringContaining(message)],
  ]);
});

it('whole objects are never written', async () => {
  const { client, objects } = await refusing('');
  objects.before = () => undefined;
  expect(await client.replace(`${folder}/app`)).toMatchObject({ error: { reason: 'BadRequest' } });
  expect(objects.accepted).toEqual([]);
});
