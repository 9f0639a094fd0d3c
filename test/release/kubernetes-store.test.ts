/** The store of the operator, on a server that keeps objects as the real one does. */
import { describe, expect, it } from 'vitest';
import { KubernetesStore } from '../../src/release/kubernetes-store.ts';
import { storeContract, value } from '../contract/store.ts';
import { aPolicy, aRelease, inPhase, phases, startMs } from '../support/a-release.ts';
import { span } from '../support/journal-spans.ts';
import { type KubeObjects, startKubeObjects } from '../support/kube-objects.ts';
import { openElected } from '../support/kubernetes-store.ts';

const folder = '/apis/sluice.dev/v1alpha1/namespaces/shop';

const withPolicy = async (): Promise<KubeObjects> => {
  const objects = await startKubeObjects();
  objects.put(`${folder}/releasepolicies/app`, { metadata: { namespace: 'shop' }, spec: {} });
  return objects;
};

storeContract('the store in a cluster', async () => {
  const objects = await withPolicy();
  return { open: (options) => openElected(objects.server.client(), 'shop', options) };
});

const opened = (objects: KubeObjects, holds = (): boolean => true, client = objects.server.client()): KubernetesStore =>
  new KubernetesStore({ client, namespace: 'shop', epoch: 7, holds });

const line = (message: string) => ({ atMs: startMs, kind: 'event', reason: 'Tried', message, data: {} }) as const;

const path = `${folder}/releases/app-1`;

describe('a release in a cluster', () => {
  it('is an object that says where it stands', async () => {
    const objects = await withPolicy();
    value(await opened(objects).save(inPhase(phases.baking, { id: 'app-1' }), [line('first')]));
    expect(objects.at(path)).toMatchObject({
      kind: 'Release',
      spec: { policy: 'app', revision: aRelease().revision },
      status: { phase: 'baking', step: expect.stringMatching(/^\d\/\d$/), log: [line('first')], logFrom: 0 },
    });
    const conditions = conditionsOf(objects);
    expect(conditions['Ready']).toMatchObject({ status: 'Unknown', reason: 'Baking' });
    expect(conditions['Reconciling']).toMatchObject({ status: 'True' });
  });

  it.each([
    ['succeeded', 'True', 'False', 'Succeeded'],
    ['rolledBack', 'False', 'True', 'RolledBack'],
    ['failed', 'False', 'True', 'Failed'],
  ] as const)('%s: Ready %s, Stalled %s, because it is %s', async (phase, ready, stalled, reason) => {
    const objects = await withPolicy();
    value(await opened(objects).save(inPhase(phases[phase], { id: 'app-1' }), []));
    const conditions = conditionsOf(objects);
    expect(conditions['Ready']).toMatchObject({ status: ready, reason });
    expect(conditions['Stalled']).toMatchObject({ status: stalled });
    expect(conditions['Reconciling']).toMatchObject({ status: 'False' });
  });

  it('is owned by nobody where it is delivered: foreground deletion of its policy leaves it until that is let go', async () => {
    const objects = await withPolicy();
    value(await opened(objects).save(aRelease(), []));
    expect(objects.at(path).metadata['ownerReferences']).toBeUndefined();
  });

  it('is owned by its policy where it is only observed, and goes with it', async () => {
    const objects = await withPolicy();
    value(await opened(objects).save(aRelease({ mode: 'observe' }), []));
    const { uid } = objects.at(`${folder}/releasepolicies/app`).metadata;
    expect(objects.at(path).metadata['ownerReferences']).toEqual([
      expect.objectContaining({ kind: 'ReleasePolicy', name: 'app', uid, blockOwnerDeletion: false }),
    ]);
  });

  it('keeps the time of a condition that did not change', async () => {
    const objects = await withPolicy();
    const store = opened(objects);
    const first = value(await store.save(inPhase(phases.baking, { id: 'app-1' }), []));
    const before = conditionsOf(objects)['Reconciling']?.lastTransitionTime;
    value(await store.save({ ...first, updatedAtMs: first.updatedAtMs + 60_000 }, []));
    expect(conditionsOf(objects)['Reconciling']?.lastTransitionTime).toBe(before);
  });

  it('takes one write to save', async () => {
    const objects = await withPolicy();
    const store = opened(objects);
    const first = value(await store.save(aRelease(), []));
    const before = objects.accepted.length;
    value(await store.save(first, [line('a')]));
    expect(objects.accepted.slice(before)).toEqual([`PUT ${path}/status`]);
  });

  it('is saved on nothing but its own record, whatever else changes in the object', async () => {
    const objects = await withPolicy();
    const store = opened(objects);
    const first = value(await store.save(aRelease(), []));
    objects.before = () => {
      objects.before = () => undefined;
      objects.put(path, { ...objects.at(path), metadata: { ...objects.at(path).metadata, labels: { by: 'hand' } } });
    };
    expect(value(await store.save(first, [])).version).toBe(2);
    objects.before = () => {
      objects.before = () => undefined;
      const record = JSON.stringify({ ...first, version: 3, countedMs: 77 });
      objects.put(path, { ...objects.at(path), status: { record } });
    };
    const overtaken = await store.save({ ...first, version: 2 }, []);
    expect(overtaken).toMatchObject({ ok: false, error: { reason: 'Conflict' } });
  });

  it.each(['answerLost', 'lost', 'late'] as const)('is saved once when a write is %s', async (fault) => {
    const objects = await withPolicy();
    const store = opened(objects, undefined, objects.server.client({ writeWithinMs: 200 }));
    const first = value(await store.save(aRelease(), []));
    objects.fault(fault);
    expect(value(await store.save(first, [line('once')])).version).toBe(2);
    objects.land();
    expect(value(await store.release('app-1'))?.version).toBe(2);
    expect(value(await store.log('app-1')).map(({ message }) => message)).toEqual(['once']);
  });

  it('is taken up where a crash left it without a record', async () => {
    const objects = await withPolicy();
    objects.put(path, { kind: 'Release', metadata: { namespace: 'shop' }, spec: { policy: 'app', revision: 'v2' } });
    const store = opened(objects);
    expect(value(await store.release('app-1'))).toBeNull();
    expect(value(await store.releases({}))).toEqual([]);
    expect(value(await store.save(aRelease(), [])).version).toBe(1);
  });

  it('that an earlier leader left without a record is gone, before the write of that record can land', async () => {
    const objects = await withPolicy();
    const left = { kind: 'Release', metadata: { namespace: 'shop' }, spec: { policy: 'app', revision: 'v2' } };
    const { metadata } = objects.put(path, left);
    const client = objects.server.client();
    const store = (epoch: number) => new KubernetesStore({ client, namespace: 'shop', epoch, holds: () => true });
    expect(value(await store(Number(metadata.resourceVersion)).releases({ active: true }))).toEqual([]);
    expect(objects.at(path).metadata.uid).toBe(metadata.uid);
    expect(value(await store(Number(metadata.resourceVersion) + 1).releases({ active: true }))).toEqual([]);
    expect(() => objects.at(path)).toThrow('not found');
    const late = await client.replace(`${path}/status`, { ...left, metadata, status: { record: '{}' } });
    expect(late).toMatchObject({ ok: false, error: { reason: 'NotFound' } });
  });

  it('that the late write of an earlier leader ended runs for nobody any more, once it was read', async () => {
    const objects = await withPolicy();
    const before = opened(objects);
    const running = value(await before.save(aRelease(), []));
    const successor = opened(objects);
    expect(value(await successor.releases({ active: true }))).toHaveLength(1);
    value(await before.save({ ...running, phase: phases.failed }, []));
    expect(value(await successor.release(running.id))?.phase.phase).toBe('failed');
    expect(value(await successor.releases({ active: true }))).toEqual([]);
  });

  it('is not written by who may have lost the election', async () => {
    const objects = await withPolicy();
    const store = opened(objects, () => false);
    const refused = { ok: false, error: { reason: 'NotLeader' } };
    expect(await store.save(aRelease(), [])).toMatchObject(refused);
    expect(await store.savePolicy(aPolicy())).toMatchObject(refused);
    expect(objects.accepted).toEqual([]);
    expect(value(await store.releases({}))).toEqual([]);
  });

  it('that nobody can read is left as it is, and told', async () => {
    const objects = await withPolicy();
    const record = JSON.stringify({ ...aRelease(), format: 2 });
    objects.put(path, { metadata: { namespace: 'shop' }, spec: { policy: 'app' }, status: { record } });
    const store = opened(objects);
    expect(await store.release('app-1')).toMatchObject({ ok: false, error: { reason: 'StateUnreadable' } });
    expect(value(await store.unreadable())).toMatchObject([{ id: 'app-1', policy: 'app' }]);
  });

  it('keeps its status small, however much is decided', async () => {
    const objects = await withPolicy();
    const store = opened(objects);
    let release = value(await store.save(aRelease(), []));
    for (let n = 0; n < 30; n += 1) {
      const lines = Array.from({ length: 100 }, (_, m) => line(`${n * 100 + m}`));
      release = value(await store.save(release, lines));
    }
    const { log } = objects.at(path)['status'] as { log: readonly unknown[] };
    expect(log.length).toBeLessThanOrEqual(100);
    const all = value(await store.log('app-1', 1_000)).map(({ message }) => Number(message));
    expect(all).toEqual(Array.from({ length: 1_000 }, (_, n) => 2_000 + n));
    const kept = value(await store.log('app-1', 1_000_000));
    expect(kept.length).toBeLessThan(2_400);
  });

  it.each(['{', 'null', '[null]', '[{"atMs":1}]'])('whose lines somebody has made %s has the others', async (lines) => {
    const objects = await withPolicy();
    const store = opened(objects);
    const all = Array.from({ length: 150 }, (_, n) => line(String(n)));
    value(await store.save(value(await store.save(aRelease(), all)), [line('last')]));
    const chunk = '/api/v1/namespaces/shop/configmaps/app-1-log-0';
    objects.put(chunk, { ...objects.at(chunk), data: { from: '0', lines } });
    const read = value(await store.log('app-1', 1_000)).map(({ message }) => message);
    expect(read).toEqual([...all.slice(100).map(({ message }) => message), 'last']);
  });

  it('whose looks somebody has edited goes on without the old ones', async () => {
    const objects = await withPolicy();
    value(await opened(objects).save(aRelease(), []));
    objects.put('/api/v1/namespaces/shop/configmaps/app-1-looks', { metadata: {}, data: { looks: '{' } });
    const store = opened(objects);
    value(await store.note('app-1', span(1)));
    expect(value(await store.journal('app-1')).spans).toEqual([span(1)]);
  });

  it('says that there is no policy to keep a state in', async () => {
    const objects = await startKubeObjects();
    expect(await opened(objects).savePolicy(aPolicy())).toMatchObject({ ok: false, error: { reason: 'NotFound' } });
  });

  it('has a policy that no controller writes which a later one followed there', async () => {
    const objects = await withPolicy();
    const policy = `${folder}/releasepolicies/app`;
    const saved = value(await opened(objects).savePolicy(aPolicy()));
    expect(objects.at(policy)['status']).toMatchObject({ epoch: 7 });
    objects.before = () => {
      const now = objects.at(policy);
      objects.put(policy, { ...now, status: { ...(now['status'] as object), epoch: 9 } });
    };
    const late = await opened(objects).savePolicy({ ...saved, stable: 'v9' });
    expect(late).toMatchObject({ ok: false, error: { reason: 'Fenced' } });
    expect(objects.at(policy)['status']).toMatchObject({ epoch: 9, stable: aPolicy().stable });
  });
});

interface Told {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly lastTransitionTime: string;
}

function conditionsOf(objects: KubeObjects): Readonly<Record<string, Told>> {
  const { conditions } = objects.at(path)['status'] as { readonly conditions: readonly Told[] };
  return Object.fromEntries(conditions.map((each) => [each.type, each]));
}
