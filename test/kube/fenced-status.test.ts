/** One status that several controllers write, one after another, on a server that keeps objects as the real one does. */
import { describe, expect, it } from 'vitest';
import { fencedStatus } from '../../src/kube/fenced-status.ts';
import { ok } from '../../src/lib/result.ts';
import { value } from '../contract/store.ts';
import { type KubeObjects, startKubeObjects } from '../support/kube-objects.ts';

const path = '/apis/sluice.dev/v1alpha1/namespaces/shop/releasepolicies/app';

const withPolicy = async (status: object = { record: 'kept' }): Promise<KubeObjects> => {
  const objects = await startKubeObjects();
  objects.put(path, { metadata: {}, spec: {}, status });
  return objects;
};

const writing = (objects: KubeObjects, epoch: number, message: string) => ({
  write: () =>
    fencedStatus(objects.server.client({ writeWithinMs: 200 }), {
      ...{ path, epoch },
      decide: ({ status }) => ok((status as { readonly message?: string }).message === message ? null : { message }),
    }),
});

describe('the status of an object in a cluster', () => {
  it('is written with the epoch, and nothing else of it changes', async () => {
    const objects = await withPolicy();
    const written = value(await writing(objects, 7, 'serving').write());
    expect(written['status']).toEqual({ record: 'kept', message: 'serving', epoch: 7 });
    expect(objects.at(path)['status']).toEqual({ record: 'kept', message: 'serving', epoch: 7 });
  });

  it('is not written where it says all of it', async () => {
    const objects = await withPolicy({ message: 'serving', epoch: 3 });
    value(await writing(objects, 7, 'serving').write());
    expect(objects.accepted).toEqual([]);
  });

  it('is left to a later controller, also one that comes between a read and the write', async () => {
    const objects = await withPolicy({ message: 'theirs', epoch: 8 });
    const fenced = { ok: false, error: { reason: 'Fenced', retryable: false } };
    expect(await writing(objects, 7, 'ours').write()).toMatchObject(fenced);
    objects.put(path, { ...objects.at(path), metadata: { namespace: 'shop' } });
    expect(await writing(objects, 7, 'ours').write()).toMatchObject({
      error: { message: expect.stringContaining('kubectl patch -n shop releasepolicy app --subresource=status') },
    });
    const raced = await withPolicy();
    raced.before = () => {
      raced.before = () => undefined;
      raced.put(path, { ...raced.at(path), status: { message: 'theirs', epoch: 8 } });
    };
    expect(await writing(raced, 7, 'ours').write()).toMatchObject(fenced);
    expect(raced.at(path)['status']).toEqual({ message: 'theirs', epoch: 8 });
  });

  it('is decided anew on what somebody else wrote meanwhile', async () => {
    const objects = await withPolicy();
    objects.before = () => {
      objects.before = () => undefined;
      objects.put(path, { ...objects.at(path), metadata: { labels: { by: 'hand' } } });
    };
    value(await writing(objects, 7, 'ours').write());
    expect(objects.at(path)).toMatchObject({ metadata: { labels: { by: 'hand' } }, status: { message: 'ours' } });
  });

  it('is found out about where the answer was lost', async () => {
    const objects = await withPolicy();
    objects.fault('answerLost');
    value(await writing(objects, 7, 'ours').write());
    expect(objects.accepted).toEqual([`PATCH ${path}/status`]);
  });

  it('is not written into an object that took the place of another', async () => {
    const objects = await withPolicy();
    objects.before = () => {
      objects.before = () => undefined;
      objects.remove(path);
      objects.put(path, { metadata: {}, spec: {}, status: {} });
    };
    expect(await writing(objects, 7, 'ours').write()).toMatchObject({ ok: false, error: { reason: 'NotFound' } });
    expect(objects.at(path)['status']).toEqual({});
  });
});
