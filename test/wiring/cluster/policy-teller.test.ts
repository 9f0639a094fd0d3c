import { describe, expect, it } from 'vitest';
import { ClusterView } from '../../../src/kube/view.ts';
import { PolicyTeller } from '../../../src/wiring/cluster/policy-teller.ts';
import { eventually } from '../../support/eventually.ts';
import { type KubeObjects, startKubeObjects } from '../../support/kube-objects.ts';
import { aStatus, type KubeCall, startKubeServer } from '../../support/kube-server.ts';
import { logLines } from '../../support/log-lines.ts';

const object = { metadata: { name: 'app', uid: 'u', resourceVersion: '1' } };
const path = '/apis/sluice.dev/v1alpha1/namespaces/shop/releasepolicies/app';
const health = (message: string) => ({
  ...{ stalled: null, rules: null, pending: null, releasing: null },
  missing: { reason: 'GivingBack', message },
});

/** Before a server that answers when the test does. */
async function aTeller() {
  const { calls, client } = await startKubeServer(() => undefined);
  let again = 0;
  const { log, lines } = logLines();
  const view = new ClusterView({ client: client(), paths: [], relistEveryMs: 3_600_000 });
  const clock = { wallMs: () => 0, monotonicMs: () => 0 };
  const scene = { client: client(), clock, log, namespace: 'shop', store: { epoch: 7 }, view };
  const teller = new PolicyTeller(scene, () => again++);
  const tell = (message: string): void => teller.tell({ object, asked: null, health: health(message) });
  const asked = (count: number): Promise<KubeCall> => eventually(() => calls[count - 1] ?? null);
  return { asked, calls, lines, tell, teller, again: () => again };
}

/** Of one of several controllers, which looks at what is there before it tells. */
function among(objects: KubeObjects, epoch: number) {
  let nowMs = 0;
  const { log, lines } = logLines();
  const client = objects.server.client();
  const view = new ClusterView({ client, paths: [], relistEveryMs: 3_600_000 });
  const clock = { wallMs: () => 0, monotonicMs: () => nowMs };
  const teller = new PolicyTeller({ client, clock, log, namespace: 'shop', store: { epoch }, view }, () => undefined);
  const tells = async (message: string, passedMs = 0): Promise<void> => {
    nowMs += passedMs;
    teller.tell({ object: objects.at(path), asked: null, health: health(message) });
    await teller.settled();
  };
  return { lines, teller, tells };
}

const withPolicy = async (): Promise<KubeObjects> => {
  const objects = await startKubeObjects();
  objects.put(path, { metadata: {}, spec: {} });
  return objects;
};

const toldIn = (objects: KubeObjects) =>
  objects.at(path)['status'] as { readonly message: string; readonly epoch: number };

describe('what a policy says of itself', () => {
  it('is written while everything else goes on, one write at a time, and what came meanwhile is looked at again', async () => {
    const { again, asked, calls, tell, teller } = await aTeller();
    tell('one');
    const first = await asked(1);
    tell('two');
    tell('three');
    expect([calls.length, again()]).toEqual([1, 0]);
    first.json(200, object);
    await teller.settled();
    expect([calls.length, again(), teller.isTold]).toEqual([1, 1, true]);
    tell('three');
    (await asked(2)).json(200, object);
    await teller.settled();
    expect([calls[1]?.body.includes('three'), again()]).toEqual([true, 1]);
  });

  it('is tried again in time where the server refuses it, and says so', async () => {
    const { again, asked, lines, tell, teller } = await aTeller();
    for (const count of [1, 2]) {
      tell('one');
      (await asked(count)).json(403, aStatus(403, 'Forbidden', 'no'));
      await teller.settled();
      expect([teller.isTold, again()]).toEqual([false, 1]);
    }
    expect(lines.map(({ msg }) => msg)).toEqual(['status is not told', 'status is not told']);
  });

  it('is told by the last controller alone: the one before it learns that, and is silent', async () => {
    const objects = await withPolicy();
    const [deposed, successor] = [among(objects, 7), among(objects, 9)];
    await deposed.tells('the release ends first');
    await successor.tells('the pods are not ready yet');
    for (let round = 0; round < 20; round++) {
      await deposed.tells('the release ends first', 5_000);
      await successor.tells('the pods are not ready yet', 5_000);
    }
    expect(toldIn(objects)).toMatchObject({ message: 'the pods are not ready yet', epoch: 9 });
    expect(objects.accepted).toHaveLength(2);
    expect(deposed.lines.map(({ reason }) => reason)).toEqual(['Fenced']);
  });

  it('is told again once an epoch of another cluster is taken away', async () => {
    const objects = await withPolicy();
    objects.put(path, { metadata: {}, spec: {}, status: { message: 'of elsewhere', epoch: 9_000 } });
    const teller = among(objects, 7);
    await teller.tells('all is well');
    await teller.tells('all is well');
    expect(teller.lines).toMatchObject([{ reason: 'Fenced', message: expect.stringContaining('"epoch":null') }]);
    objects.put(path, { metadata: {}, spec: {}, status: { message: 'of elsewhere' } });
    await teller.tells('all is well');
    expect(toldIn(objects)).toMatchObject({ message: 'all is well', epoch: 7 });
  });

  it('is written ever more seldom against somebody who goes on writing something else', async () => {
    const objects = await withPolicy();
    const teller = among(objects, 7);
    let written = 0;
    for (let passedMs = 0; passedMs < 60_000; passedMs += 100) {
      await teller.tells('ours', 100);
      if (toldIn(objects).message !== 'ours') continue;
      written++;
      objects.put(path, { ...objects.at(path), status: { ...toldIn(objects), message: 'theirs' } });
    }
    expect(written).toBe(6);
    expect([teller.teller.isTold, teller.lines]).toEqual([false, []]);
  });
});
