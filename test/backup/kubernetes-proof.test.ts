/** Rollback points are those that the policy's status lists: whoever may write ConfigMaps has nothing restored by that. */
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/backup/kubernetes-manifest.ts';
import { PointBook } from '../../src/backup/kubernetes-point-book.ts';
import { canonicalJson } from '../../src/lib/content-hash.ts';
import { value } from '../contract/store.ts';
import { Refused } from '../support/kube-objects.ts';
import { startKubeServer } from '../support/kube-server.ts';
import { at, deployment, backedUp as scene } from '../support/kubernetes-backups.ts';

const all = { to: null, overwrite: ['all'] };

type Scene = Awaited<ReturnType<typeof scene>>;

type Data = Readonly<Record<string, string>>;

/** The data of a point's ConfigMap, with a copy of another Deployment in it, and checksums that fit. */
function forged({ headOf, objects }: Scene, id: string, as = id): Data {
  const evil = { template: { spec: { containers: [{ name: 'app', image: 'evil:v1' }] } } };
  const text = canonicalJson({ binaryData: {}, data: {}, spec: evil, type: '' });
  objects.put(`${at.maps}/evil-copy`, { metadata: {}, data: { 'spec.json': JSON.stringify(evil) } });
  const manifest = JSON.parse((objects.at(headOf(id))['data'] as Data)['manifest.json'] ?? '') as {
    readonly parts: readonly { readonly kind: string }[];
  };
  const parts = manifest.parts.map((part) =>
    part.kind === 'Deployment' ? { ...part, copy: 'evil-copy', checksum: sha256(text) } : part,
  );
  return { 'manifest.json': JSON.stringify({ ...manifest, id: as, parts }) };
}

const labels = { 'sluice.dev/backup': 'app' };

/** Restores everything, and sees that nothing at all was written. */
async function refused({ objects, snapshots }: Scene, to: string | null, words: string): Promise<void> {
  const before = objects.accepted.length;
  for (const tried of [await snapshots.plan({ ...all, to }), await snapshots.restore({ ...all, to })])
    expect(tried).toMatchObject({ ok: false, error: { message: expect.stringContaining(words) } });
  expect(objects.accepted.slice(before)).toEqual([]);
}

describe('a ConfigMap that says it is a rollback point', () => {
  it('is none where it was planted, though its checksums fit, nor is an order in it carried out', async () => {
    const place = await scene();
    const { id } = await place.taken();
    place.objects.put(at.app, deployment('app:v2'));
    const order = { 'restore.json': JSON.stringify({ overwrite: ['all'] }) };
    const data: Data = { ...forged(place, id, 'v0-planted'), ...order };
    place.objects.put(`${at.maps}/app-backup-planted`, { metadata: { labels }, data });
    expect(value(await place.snapshots.points()).map((each) => each.id)).toEqual([id]);
    expect(value(await place.snapshots.interrupted())).toBeNull();
    await refused(place, 'v0-planted', 'ConfigMap app-backup-planted says that it is rollback point v0-planted, and');
    // Nothing else is wrong with it: the status alone keeps it out.
    const { status, ...policy } = place.objects.at(at.policy);
    const { uid } = place.objects.at(`${at.maps}/app-backup-planted`).metadata;
    const own = {
      id: 'v0-planted',
      configMap: 'app-backup-planted',
      uid,
      checksum: sha256(data['manifest.json'] ?? ''),
    };
    place.objects.put(at.policy, { ...policy, status: { rollbackPoints: [own] } });
    const { items } = value(await place.snapshots.plan(all));
    expect(items.find(({ name }) => name === 'Deployment app')?.diff.join()).toContain('"evil:v1"');
    place.objects.put(at.policy, { ...policy, status });
    await place.taken(2_000);
    expect(() => place.objects.at(`${at.maps}/app-backup-planted`)).toThrow('not found');
  });

  it('is none where it was altered, deleted or made anew, and no older one takes its place unasked', async () => {
    const harms: Readonly<Record<string, (place: Scene, id: string, head: string) => void>> = {
      'is not what was verified': (place, id, head) =>
        void place.objects.put(head, { ...place.objects.at(head), data: forged(place, id) }),
      'is gone': ({ objects }, _, head) => objects.remove(head),
      'was made anew by somebody else': ({ objects }, _, head) => {
        const { data } = objects.at(head);
        objects.remove(head);
        objects.put(head, { metadata: { labels }, data });
      },
    };
    for (const [words, harm] of Object.entries(harms)) {
      const place = await scene();
      const older = await place.taken();
      const { id } = await place.taken(2_000);
      place.objects.put(at.app, deployment('app:v2'));
      harm(place, id, place.headOf(id));
      await refused(place, id, words);
      await refused(place, null, words);
      expect(value(await place.snapshots.points()).map((each) => each.id)).toEqual([older.id]);
      value(await place.snapshots.restore({ ...all, to: older.id }));
      expect(place.objects.at(at.app)).toMatchObject(deployment('app:v1'));
      // The next one clears away what is none any more.
      const next = await place.taken(3_000);
      expect(place.objects.at(at.policy)['status']).toMatchObject({
        rollbackPoints: [{ id: next.id }, { id: older.id }],
      });
    }
  });

  it('says nothing of how a release left everything, unless the status has its checksum', async () => {
    const { changed, headOf, objects, snapshots, taken } = await scene();
    const { id } = await taken();
    changed();
    value(await snapshots.noteAfter(id, 2_000));
    const states = async () =>
      new Set(value(await snapshots.plan({ to: id, overwrite: [] })).items.map(({ state }) => state));
    expect(await states()).toEqual(new Set(['restore']));
    const head = objects.at(headOf(id));
    const data = head['data'] as Data;
    const after = (data['after.json'] ?? '').replace('"atMs":2000', '"atMs":2001');
    objects.put(headOf(id), { ...head, data: { ...data, 'after.json': after } });
    expect(await states()).toEqual(new Set(['conflict']));
  });

  it('of an earlier version is refused with what to do, and left to people', async () => {
    const place = await scene();
    const { id } = await place.taken();
    const data = { ...(place.objects.at(place.headOf(id))['data'] as Data), 'verified.json': '{}' };
    place.objects.put(`${at.maps}/app-backup-former`, { metadata: { labels }, data });
    place.objects.put(at.policy, { ...place.objects.at(at.policy), status: { record: 'kept' } });
    await refused(
      place,
      null,
      'an earlier version of Sluice took it; it is not used and nothing was written; take a new',
    );
    const next = await place.taken(2_000);
    expect(value(await place.snapshots.points()).map((each) => each.id)).toEqual([next.id]);
    expect(place.objects.at(`${at.maps}/app-backup-former`)['data']).toEqual(data);
  });
});

describe('the list of rollback points in the status', () => {
  it('is all that counts where the controller is killed between the two writes, and nothing is left over', async () => {
    const { objects, snapshots, taken } = await scene();
    const { id } = await taken();
    objects.before = ({ path }) => {
      if (path === `${at.policy}/status`) throw new Refused(403, 'Forbidden', 'killed');
    };
    expect(await snapshots.take({ revision: 'v1', nowMs: 2_000 })).toMatchObject({ ok: false });
    objects.before = () => undefined;
    expect(value(await snapshots.points()).map((each) => each.id)).toEqual([id]);
    const next = await taken(3_000);
    expect(value(await snapshots.points()).map((each) => each.id)).toEqual([next.id, id]);
    const made = objects.accepted.filter((each) => /^PATCH .*backup-[0-9a-f]{6}$/.test(each));
    const there = value(await objects.server.client().list(at.maps, { labelSelector: 'sluice.dev/backup=app' }));
    expect([made.length, there.objects.length]).toEqual([3, 2]);
    expect(objects.at(at.policy)['status']).toMatchObject({ record: 'kept', epoch: 7 });
  });

  it('is found to have been written where the answer was lost', async () => {
    const { objects, taken, snapshots } = await scene();
    objects.before = ({ path }) => {
      if (path !== `${at.policy}/status`) return;
      objects.before = () => undefined;
      objects.fault('answerLost');
    };
    const { id } = await taken();
    expect(value(await snapshots.points()).map((each) => each.id)).toEqual([id]);
  });

  it('is left to the controller that followed, and so is everything else', async () => {
    const { changed, objects, open, taken } = await scene();
    await taken();
    changed();
    const before = objects.accepted.length;
    const deposed = open({ epoch: 5 });
    for (const tried of [await deposed.take({ revision: 'v1', nowMs: 2_000 }), await deposed.restore(all)])
      expect(tried).toMatchObject({ error: { reason: 'Fenced' } });
    expect(objects.accepted.slice(before).filter((each) => !each.includes('accessreviews'))).toEqual([]);
  });

  it('does not name yet what the controller that followed has just made: whoever was deposed leaves that alone', async () => {
    const { objects, open, taken } = await scene();
    await taken();
    const next = open({ epoch: 9 });
    objects.before = ({ path }) => {
      if (path === `${at.policy}/status`) throw new Refused(403, 'Forbidden', 'not yet');
    };
    const made = objects.accepted.length;
    expect(await next.take({ revision: 'v1', nowMs: 2_000 })).toMatchObject({ ok: false });
    const [, head = ''] = /^PATCH (\S+)/.exec(objects.accepted.slice(made).at(-1) ?? '') ?? [];
    objects.before = () => undefined;
    await taken(3_000);
    expect(objects.at(head).metadata.name).toMatch(/^app-backup-/);
    value(await next.take({ revision: 'v1', nowMs: 4_000 }));
    expect(() => objects.at(head)).toThrow();
  });

  it('says what to apply where the server does not keep it', async () => {
    const policy = { metadata: { name: 'app', uid: 'u', resourceVersion: '1' }, status: {} };
    const { client } = await startKubeServer((call) => call.json(200, policy));
    const of = { namespace: 'shop', policy: 'app', epoch: 7, learn: () => undefined };
    const listed = { id: 'v1', configMap: 'app-backup-1', uid: 'x', checksum: sha256('') };
    const written = await new PointBook({ ...of, client: client() }).write(() => ({ points: [listed], restore: null }));
    expect(written).toMatchObject({
      error: { reason: 'BackupUnsound', message: expect.stringContaining('sluice crds') },
    });
  });
});
