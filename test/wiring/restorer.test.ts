/** Backups and restores as people order them, over real files: taken beside the loop, refused while a release runs, on record. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { expect, it } from 'vitest';
import { FileSnapshots } from '../../src/backup/files.ts';
import type { RestoreOrder, Snapshots } from '../../src/backup/snapshots.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ok } from '../../src/lib/result.ts';
import { BackupDesk, turns } from '../../src/wiring/backup-desk.ts';
import { openRestorer } from '../../src/wiring/restorer.ts';
import { aWorkload } from '../support/a-world.ts';
import { ada, ControlRoom } from '../support/control-room.ts';
import { tempDir } from '../support/temp-dir.ts';

async function scene(change: (snapshots: Snapshots) => Snapshots = (same) => same) {
  const root = await tempDir();
  const file = join(root, 'app', 'a.yaml');
  await mkdir(join(root, 'app'));
  await writeFile(file, 'old');
  const snapshots = change(
    new FileSnapshots({ dir: join(root, 'backups'), paths: [join(root, 'app')], maxBytes: 1e6 }),
  );
  const nudged: string[] = [];
  const log = pino({ level: 'silent' });
  const options = { policy: 'app', snapshots, clock: systemClock, log, inTurn: turns() };
  const desk = new BackupDesk({ ...options, nudge: (id) => void nudged.push(id) });
  const room = await ControlRoom.open();
  const workload = { observe: async () => ok(aWorkload()) };
  const { starter, store } = room;
  const open = () =>
    openRestorer({ store, starter, clock: systemClock, log, services: new Map([['app', { desk, workload }]]) });
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

it('goes on with a restore that an earlier controller began', async () => {
  const { root, file, open, restorer } = await scene();
  const taken = await restorer.take('app', ada);
  if (!taken.ok) throw new Error(taken.error.message);
  await writeFile(file, 'broken');
  await writeFile(join(root, 'backups', 'restore.json'), JSON.stringify({ to: taken.value.id, overwrite: ['all'] }));
  open();
  await expect.poll(() => readFile(file, 'utf8'), { timeout: 20_000 }).toBe('old');
});
