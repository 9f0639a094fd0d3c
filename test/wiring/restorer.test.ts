/** Backups and restores as people order them, over real files: taken beside the loop, refused while a release runs, on record. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { expect, it } from 'vitest';
import { FileSnapshots } from '../../src/backup/files.ts';
import type { RestoreOrder, Snapshots } from '../../src/backup/snapshots.ts';
import type { Question } from '../../src/checks/checks.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { failed, ok } from '../../src/lib/result.ts';
import { restoreLines } from '../../src/report/restore-report.ts';
import { BackupDesk, turns } from '../../src/wiring/backup-desk.ts';
import type { BackupHook } from '../../src/wiring/backup-hook.ts';
import type { RestoreAsk } from '../../src/wiring/check-desk.ts';
import { RestoreAsks } from '../../src/wiring/restore-asks.ts';
import { openRestorer } from '../../src/wiring/restorer.ts';
import { aQuestion } from '../support/a-question.ts';
import { aWorkload } from '../support/a-world.ts';
import { ada, ControlRoom } from '../support/control-room.ts';
import { eventually } from '../support/eventually.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Nobody outside is asked. */
const nobody = new RestoreAsks([]);

async function scene(
  change: (snapshots: Snapshots) => Snapshots = (same) => same,
  { restoreAsks = nobody, hook = null }: { readonly restoreAsks?: RestoreAsks; readonly hook?: BackupHook | null } = {},
) {
  const root = await tempDir();
  const file = join(root, 'app', 'a.yaml');
  await mkdir(join(root, 'app'));
  await writeFile(file, 'old');
  const snapshots = change(
    new FileSnapshots({ dir: join(root, 'backups'), paths: [join(root, 'app')], maxBytes: 1e6 }),
  );
  const nudged: string[] = [];
  const log = pino({ level: 'silent' });
  const options = { policy: 'app', snapshots, hook, clock: systemClock, log, inTurn: turns() };
  const desk = new BackupDesk({ ...options, nudge: (id) => void nudged.push(id) });
  const room = await ControlRoom.open();
  const workload = { observe: async () => ok(aWorkload()) };
  const { starter, store } = room;
  const service = { desk, workload, restoreAsks, policy: { namespace: 'shop' } };
  const open = () => openRestorer({ store, starter, clock: systemClock, log, services: new Map([['app', service]]) });
  const restore = { ...ada, to: null, dryRun: false, overwrite: ['all'] };
  return { root, file, desk, room, nudged, restore, open, restorer: open() };
}

it('the desk takes one for a release beside the loop, and tries again by itself after a failure', async () => {
  const { root, file, desk, room, nudged } = await scene();
  const release = await room.started('v2');
  await rm(join(root, 'app'), { recursive: true });
  expect(desk.latest(release)).toMatchObject({ point: null, problem: null });
  await expect.poll(() => desk.latest(release).problem).toContain('is not there');
  expect(nudged).toEqual([release.id]);
  await mkdir(join(root, 'app'));
  await writeFile(file, 'old');
  await expect.poll(() => desk.latest(release).point, { timeout: 20_000 }).toMatchObject({ revision: 'v1' });
  expect(desk.latest(release)).toMatchObject({ latest: { revision: 'v1' } });
});

it('a disk that hangs holds nobody up: the answer is there at once, and tells since when', async () => {
  const { desk, room } = await scene((real) => ({
    take: () => new Promise(() => {}),
    points: () => real.points(),
    noteAfter: (point, nowMs) => real.noteAfter(point, nowMs),
    plan: (order) => real.plan(order),
    restore: (order) => real.restore(order),
    interrupted: () => real.interrupted(),
  }));
  const release = await room.started('v2');
  desk.latest(release);
  await expect.poll(() => desk.latest(release).sinceMs).not.toBeNull();
  expect(desk.latest(release).point).toBeNull();
});

it('restores with a checklist, on record; not while a release runs, nor begins one meanwhile', async () => {
  const { file, room, restore, restorer } = await scene((real) => {
    const bringBack = real.restore.bind(real);
    const remarked = async (order: RestoreOrder) => {
      const done = await bringBack(order);
      return done.ok ? ok({ ...done.value, remarks: ['resume it so'] }) : done;
    };
    return Object.assign(real, { restore: remarked });
  });
  expect(await restorer.restore('app', restore)).toMatchObject({ error: { reason: 'NoRollbackPoint' } });
  expect(await restorer.take('app', ada)).toMatchObject({ ok: true, value: { revision: 'v1' } });
  const release = await room.started('v2');
  expect(await restorer.restore('app', restore)).toMatchObject({
    error: { reason: 'ReleaseRunning', message: expect.stringContaining('abort it first') },
  });
  await writeFile(file, 'broken');
  await room.end(release);
  expect(await restorer.restore('app', { ...restore, dryRun: true })).toMatchObject({
    value: { dryRun: true, checklist: [] },
  });
  expect(await readFile(file, 'utf8')).toBe('broken');
  const restoring = restorer.restore('app', restore);
  expect(await restorer.restore('app', restore)).toMatchObject({
    error: { reason: 'RestoreUnderWay', retryable: true },
  });
  const meanwhile = await room.start('v3');
  const done = await restoring;
  if (!meanwhile.ok) expect(meanwhile.error.reason).toBe('RestoreUnderWay');
  expect(done).toMatchObject({ ok: true, value: { dryRun: false } });
  expect(done.ok && done.value.checklist.map(({ name, state }) => [name, state])).toEqual([
    ['everything is back', 'passed'],
    ['the previous version runs, and is stable', 'passed'],
    ['impact on users', 'unknown'],
    ['alerts cleared', 'unknown'],
    ['data is sound', 'unknown'],
    ['documented', 'passed'],
  ]);
  expect(await readFile(file, 'utf8')).toBe('old');
  const log = await room.store.log(release.id);
  expect(log.ok && log.value.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['RestoreBegun', 'Restored']));
  // Whoever does not get the answer reads there what is to be done.
  expect(log.ok && log.value.find(({ reason }) => reason === 'Restored')?.message).toContain('; resume it so');
  expect(await restorer.restore('other', restore)).toMatchObject({ error: { reason: 'NotFound' } });
});

const patience = { forMs: 0, againMs: 1, longestMs: 30_000 };

const heard = (outcome: 'failed' | 'passed' | 'pending', message: string) => async () =>
  ({ outcome, message, tookMs: null }) as const;

it('asks Alertmanager and who knows the data, once everything is back; one who says no makes it unsound', async () => {
  const asked: Question[] = [];
  const orders = async (question: Question) => {
    asked.push({ ...question, stage: `${question.stage}, ${await readFile(file, 'utf8')}` });
    return { outcome: 'failed', message: '12 orders have no customer', tookMs: 3 } as const;
  };
  const asks: readonly RestoreAsk[] = [
    { name: 'no-alert', about: 'alerts', ask: heard('passed', 'no alert fires') },
    { name: 'orders', about: 'data', ask: orders },
    { name: 'stock', about: 'data', ask: heard('passed', 'all there') },
  ];
  const { file, room, restore, restorer } = await scene(undefined, { restoreAsks: new RestoreAsks(asks, patience) });
  await restorer.take('app', ada);
  await writeFile(file, 'broken');
  const release = await room.started('v2');
  await room.end(release);
  const done = await restorer.restore('app', restore);
  if (!done.ok) throw new Error(done.error.message);
  const rows = done.value.checklist.map(({ evidence, name, state }) => [name, state, evidence]);
  expect(rows.slice(3)).toEqual([
    ['alerts cleared', 'passed', 'no alert fires'],
    ['data is sound: orders', 'failed', '12 orders have no customer'],
    ['data is sound: stock', 'passed', 'all there'],
    ['documented', 'passed', 'it stands in the log of the newest release'],
  ]);
  expect(done.value.unsound).toContain('(data is sound: orders: 12 orders have no customer): mend that and');
  expect(restoreLines(done.value).at(-1)).toBe(done.value.unsound);
  expect(asked).toMatchObject([{ stage: 'onRestore, old', release: release.id, namespace: 'shop', revision: 'v1' }]);
  const log = await room.store.log(release.id);
  const unsound = log.ok ? log.value.find(({ reason }) => reason === 'RestoreUnsound') : undefined;
  expect(unsound?.message).toContain('ada: looked after the restore: everything is back: passed');
  expect(unsound?.message).toContain('12 orders have no customer');
});

it('who hangs leaves it unknown: the restore itself is over', async () => {
  const asks: readonly RestoreAsk[] = [{ name: 'orders', about: 'data', ask: () => new Promise(() => {}) }];
  const { file, restore, restorer } = await scene(undefined, {
    restoreAsks: new RestoreAsks(asks, { ...patience, longestMs: 50 }),
  });
  await restorer.take('app', ada);
  await writeFile(file, 'broken');
  const done = await restorer.restore('app', restore);
  if (!done.ok) throw new Error(done.error.message);
  const data = done.value.checklist.find(({ name }) => name === 'data is sound: orders');
  expect(data).toMatchObject({ state: 'unknown', evidence: expect.stringMatching(/^no answer within/) });
  expect([done.value.unsound, await readFile(file, 'utf8')]).toEqual([null, 'old']);
});

it('who says nothing that counts is asked again, and in the end it is unknown', async () => {
  const ids: string[] = [];
  const later = async ({ id }: Question) => {
    ids.push(id);
    return { outcome: ids.length === 1 ? 'pending' : 'passed', message: 'all there', tookMs: null } as const;
  };
  const question = { ...aQuestion(), id: 'app/restore/p/1' };
  const asked = (ask: RestoreAsk['ask'], forMs: number) =>
    new RestoreAsks([{ name: 'orders', about: 'data', ask }], { ...patience, forMs }).about('data', question);
  expect(await asked(later, 30_000)).toEqual([{ name: 'orders', state: 'passed', evidence: 'all there' }]);
  expect(ids).toEqual(['app/restore/p/1/orders/1', 'app/restore/p/1/orders/2']);
  const lost = await asked(() => Promise.reject(new Error('no such host')), 0);
  expect(lost).toEqual([{ name: 'orders', state: 'unknown', evidence: 'no such host' }]);
});

it('goes on with a restore that an earlier controller began', async () => {
  const { root, file, open, restorer } = await scene();
  const taken = await restorer.take('app', ada);
  if (!taken.ok) throw new Error(taken.error.message);
  await writeFile(file, 'broken');
  await writeFile(join(root, 'backups', 'restore.json'), JSON.stringify({ to: taken.value.id, overwrite: ['all'] }));
  open();
  await expect.poll(() => readFile(file, 'utf8'), { timeout: 20_000 }).toBe('old');
});

it('goes on with it though what it is written to does not answer at first', async () => {
  let failures = 2;
  const away = failed({ reason: 'Unreachable', message: 'away', retryable: true });
  const { root, file, open, restorer } = await scene((real) => {
    const bringBack = real.restore.bind(real);
    return Object.assign(real, {
      restore: async (order: RestoreOrder) => (failures-- > 0 ? away : bringBack(order)),
    });
  });
  const taken = await restorer.take('app', ada);
  if (!taken.ok) throw new Error(taken.error.message);
  await writeFile(file, 'broken');
  await writeFile(join(root, 'backups', 'restore.json'), JSON.stringify({ to: taken.value.id, overwrite: ['all'] }));
  open();
  await eventually(async () => expect(await readFile(file, 'utf8')).toBe('old'));
  expect(failures).toBe(-1);
});

it('is not carried out where it could not be recorded', async () => {
  const { file, room, restore, restorer } = await scene();
  await restorer.take('app', ada);
  await writeFile(file, 'broken');
  await room.end(await room.started('v2'));
  const away = failed({ reason: 'Unreachable', message: 'away', retryable: true });
  const { releases } = room.store;
  let asked = 0;
  // The first question is whether a release runs.
  room.store.releases = async (filter) => (++asked === 2 ? away : releases.call(room.store, filter));
  expect(await restorer.restore('app', restore)).toMatchObject({ error: { reason: 'Unreachable' } });
  expect(await readFile(file, 'utf8')).toBe('broken');
});
