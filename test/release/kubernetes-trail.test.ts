/** The trail of a namespace, on a server that keeps objects as the real one does: only added to, and what is changed is found. */
import { expect, it } from 'vitest';
import { listSegments } from '../../src/release/kubernetes-segments.ts';
import { KubernetesTrail, readSegments } from '../../src/release/kubernetes-trail.ts';
import type { Recorded } from '../../src/release/trail.ts';
import { value } from '../contract/store.ts';
import { eventually } from '../support/eventually.ts';
import { type KubeObjects, Refused, startKubeObjects } from '../support/kube-objects.ts';

const folder = '/api/v1/namespaces/shop/configmaps';
const first = `${folder}/sluice-trail-000000001`;
const second = `${folder}/sluice-trail-000000101`;

const said = (n: number): Recorded => ({
  ...{ atMs: n, who: 'ada', what: 'Attested', policy: 'app', revision: 'v2', why: 'nightly', message: `result ${n}` },
  data: { n },
});

const placeOf = (objects: KubeObjects) => ({
  client: objects.server.client({ writeWithinMs: 300 }),
  namespace: 'shop',
});

type Place = ReturnType<typeof placeOf> & { readonly againMs?: number };

async function opened(objects: KubeObjects, holds = (): boolean => true, place: Place = placeOf(objects)) {
  const problems: string[] = [];
  const troubled = ({ reason, message }: { readonly reason: string; readonly message: string }): void =>
    void problems.push(`${reason}: ${message}`);
  const trail = new KubernetesTrail({ ...place, holds, troubled }, value(await listSegments(place)));
  return { trail, problems };
}

const messages = async (objects: KubeObjects): Promise<readonly string[]> =>
  value(await readSegments(placeOf(objects), { limit: 100_000 })).map(({ message }) => message);

const numbers = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_each, at) => from + at);

const withEntries = async (count: number) => {
  const objects = await startKubeObjects();
  const { trail, problems } = await opened(objects);
  trail.add(numbers(1, count).map((n) => ({ ...said(n), release: null })));
  await trail.record(said(count + 1));
  return { objects, trail, problems };
};

/** Somebody with kubectl. */
const tampered = (objects: KubeObjects, path: string, change: (data: Record<string, string>) => object): void => {
  const object = objects.at(path);
  objects.put(path, { ...object, data: change(object['data'] as Record<string, string>) });
};

it('has what it was told, in order, for the next controller and for whoever reads the objects', async () => {
  const { objects, trail } = await withEntries(1);
  const next = await opened(objects);
  await next.trail.record(said(3));
  expect(await messages(objects)).toEqual(['result 1', 'result 2', 'result 3']);
  const entries = value(await next.trail.trail({ limit: 2 }));
  expect(entries).toMatchObject([{ number: 2 }, { number: 3, who: 'ada', why: 'nightly', data: { n: 3 } }]);
  expect(value(await trail.verify())).toMatchObject({ entries: 3, first: 1, last: 3, problems: [] });
});

it('seals a piece that is full', async () => {
  const { objects, trail } = await withEntries(149);
  expect(objects.at(first)['immutable']).toBe(true);
  expect(objects.at(second)['immutable']).toBeUndefined();
  expect(value(await trail.verify())).toMatchObject({ entries: 150, problems: [] });
});

it.each([
  [
    'a changed entry',
    (o: KubeObjects) => tampered(o, first, (d) => ({ ...d, lines: d['lines']?.replace('ada', 'eve') })),
  ],
  [
    'an entry that was taken out',
    (o: KubeObjects) => tampered(o, first, (d) => ({ ...d, lines: d['lines']?.split('\n').slice(1).join('\n') })),
  ],
  ['a piece that is gone', (o: KubeObjects) => o.remove(first)],
  [
    'a piece that begins elsewhere',
    (o: KubeObjects) => tampered(o, second, (d) => ({ ...d, previous: 'f'.repeat(64) })),
  ],
])('finds %s', async (_what, tamper) => {
  const { objects, trail } = await withEntries(149);
  tamper(objects);
  expect(value(await trail.verify()).problems).not.toEqual([]);
  const next = await opened(objects);
  expect(next.problems.join()).toContain('TrailBroken');
  await next.trail.record(said(1_000));
  expect((await messages(objects)).at(-1)).toBe('result 1000');
  const broken = value(await next.trail.trail({ what: 'TrailBroken', limit: 9 }));
  expect(broken).toMatchObject([{ who: 'sluice' }]);
});

it('writes once what the server took and did not answer', async () => {
  const { objects, trail } = await withEntries(1);
  objects.fault('answerLost');
  await trail.record(said(3));
  expect(await messages(objects)).toEqual(['result 1', 'result 2', 'result 3']);
  expect(value(await trail.verify()).problems).toEqual([]);
});

it('of two controllers neither takes from the other', async () => {
  const { objects, trail } = await withEntries(1);
  const other = await opened(objects);
  await other.trail.record(said(3));
  await trail.record(said(4));
  await other.trail.record(said(5));
  expect(await messages(objects)).toEqual(numbers(1, 5).map((n) => `result ${n}`));
  expect(value(await trail.verify()).problems).toEqual([]);
});

it('writes again what was taken away while it leads, and says so', async () => {
  const { objects, trail, problems } = await withEntries(1);
  objects.remove(first);
  await trail.record(said(3));
  expect(problems.join()).toContain('2 entries that were written are gone');
  await eventually(async () =>
    expect(await messages(objects)).toEqual(expect.arrayContaining(['result 1', 'result 3'])),
  );
  expect(value(await trail.trail({ what: 'TrailBroken', limit: 9 }))).toHaveLength(1);
});

it('writes nothing without the Lease', async () => {
  const objects = await startKubeObjects();
  const { trail, problems } = await opened(objects, () => false);
  expect(await trail.record(said(1))).toMatchObject({ ok: false, error: { reason: 'TrailUnwritten' } });
  expect(objects.accepted).toEqual([]);
  expect(problems.join()).toContain('1 entries are not in the trail');
});

it('a defect in the midst of a write is told, and reaches nobody else', async () => {
  const objects = await startKubeObjects();
  const { trail, problems } = await opened(objects, () => {
    throw new Error('no clock');
  });
  expect(await trail.record(said(1))).toMatchObject({ ok: false, error: { reason: 'TrailUnwritten' } });
  expect(problems.join()).toContain('no clock');
});

it('keeps the newest ten thousand, and is whole without those before', async () => {
  const { objects, trail } = await withEntries(10_300);
  const kept = value(await trail.verify());
  expect(kept).toMatchObject({ last: 10_301, problems: [] });
  expect(kept.entries).toBeLessThanOrEqual(10_000);
  expect(kept.entries).toBeGreaterThan(9_800);
  expect(() => objects.at(first)).toThrow();
  // Nor does the controller remember those: it leads for months.
  await trail.record(said(1));
  expect((await messages(objects)).at(-1)).toBe('result 1');
});

it('holds no more than that while every write is refused, lets nobody wait for ever, and says so once it is written', async () => {
  const objects = await startKubeObjects();
  objects.before = () => {
    throw new Refused(403, 'Forbidden', 'no quota');
  };
  const { trail, problems } = await opened(objects, () => true, { ...placeOf(objects), againMs: 1 });
  trail.add(numbers(1, 10_300).map((n) => ({ ...said(n), release: null })));
  expect(await trail.record(said(10_301))).toMatchObject({ error: { reason: 'TrailUnwritten' } });
  expect(value(await trail.trail({ limit: 100_000 }))).toHaveLength(10_000);
  objects.before = () => undefined;
  expect(await trail.record(said(10_302))).toMatchObject({ ok: true });
  await eventually(() => expect(problems.join()).toContain('301 entries were never written'));
  const kept = value(await readSegments(placeOf(objects), { limit: 100_000 }));
  expect(kept.filter(({ what }) => what === 'TrailBroken')).toHaveLength(1);
  expect(kept.filter(({ what }) => what !== 'TrailBroken').at(-1)).toMatchObject({ message: 'result 10302' });
  expect(value(await trail.verify()).problems).toEqual([]);
});

it('leads on over lines that are no entries', async () => {
  const { objects, trail } = await withEntries(1);
  const odd = ['{"number":3}', '{"number":3,"atMs":4,"message":5}', 'null', '{'].join('\n');
  tampered(objects, first, (d) => ({ ...d, lines: `${d['lines']}\n${odd}` }));
  const next = await opened(objects);
  expect(next.problems.join()).toContain('TrailBroken');
  // Without anything else that is to be written.
  await eventually(async () => expect((await messages(objects)).at(-1)).toContain('were changed'));
  expect(await trail.record(said(4))).toMatchObject({ ok: true });
  expect(value(await next.trail.verify()).problems).not.toEqual([]);
  expect(await messages(objects)).toEqual(expect.arrayContaining(['result 1', 'result 2', 'result 4']));
});

it('a piece with a number that no trail comes to is none', async () => {
  const { objects } = await withEntries(1);
  tampered(objects, first, (d) => ({ ...d, first: '9'.repeat(20) }));
  const next = await opened(objects);
  await next.trail.record(said(3));
  expect(value(await next.trail.verify())).toMatchObject({ first: 1, last: 1 });
});

it('goes on beside a piece of its name that is none any more', async () => {
  const { objects, trail } = await withEntries(1);
  const { metadata, ...piece } = objects.at(first);
  objects.put(first, { ...piece, metadata: { ...metadata, labels: {} } });
  expect(await trail.record(said(3))).toMatchObject({ ok: true });
  await trail.record(said(4));
  const next = await opened(objects);
  await next.trail.record(said(5));
  expect(await messages(objects)).toEqual(expect.arrayContaining(numbers(1, 5).map((n) => `result ${n}`)));
});

it('whoever leads next waits no longer for a server that does not answer', async () => {
  const objects = await startKubeObjects();
  const patient = objects.server.client({ writeWithinMs: 3_600_000 });
  const { trail, problems } = await opened(objects, () => true, { client: patient, namespace: 'shop' });
  objects.fault('lost');
  trail.add([{ ...said(1), release: null }]);
  await trail.close();
  expect(problems.join()).toContain('1 entries are not in the trail');
});
