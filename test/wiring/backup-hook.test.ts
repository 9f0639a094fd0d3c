/** Who backs up what is kept elsewhere, over a real server: its answer stands in the point; anything else is no backup, and says what to do. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { FileSnapshots } from '../../src/backup/files.ts';
import { rollbackPointSeen } from '../../src/gate/backup-seen.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { BackupDesk, turns } from '../../src/wiring/backup-desk.ts';
import { backupHook } from '../../src/wiring/backup-hook.ts';
import { noJobs, ownKey } from '../../src/wiring/check-desk.ts';
import { ControlRoom } from '../support/control-room.ts';
import { policyOf } from '../support/policy-of.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startUpstream } from '../support/upstream.ts';

const patience = { timeout: 30_000 };
const token = 'canary-token-9931';

async function scene(listener: RequestListener, http: object = {}) {
  const { origin, seen } = await startUpstream(listener);
  const root = await tempDir();
  const kept = join(root, 'app');
  await mkdir(kept);
  await writeFile(join(kept, 'a.yaml'), 'old');
  const hook = {
    http: { url: `${origin}/backup`, headers: { Authorization: `Bearer ${token}` }, retries: 0, ...http },
  };
  const { backup } = await policyOf({ backup: { paths: [kept], hook } });
  const snapshots = new FileSnapshots({ dir: join(root, 'backups'), paths: [kept], maxBytes: 1e6 });
  const desk = new BackupDesk({
    ...{ policy: 'app', snapshots, clock: systemClock, log: pino({ level: 'silent' }), inTurn: turns() },
    hook: backupHook(backup?.hook ?? null, { policy: 'app', namespace: 'shop', readKey: ownKey, job: noJobs }),
    nudge: () => {},
  });
  const room = await ControlRoom.open();
  return { desk, kept, seen, release: await room.started('v2') };
}

const answering =
  (status: number, text = '', headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(text);

it('names its backup, which the point then shows, also to whoever lists it later', async () => {
  const { desk, release, seen } = await scene(answering(200, `pg-2026\n  ${token}${'x'.repeat(1_000)}`), {
    event: 'structured',
  });
  const taken = async () => desk.latest(release).point?.holds ?? '';
  await expect.poll(taken, patience).toMatch(/^1 file, 3 bytes, elsewhere: pg-2026 \*\*\*x{100,200}$/);
  expect((await taken()).length).toBeLessThan(240);
  expect(await desk.points()).toMatchObject({ value: [{ holds: await taken() }] });
  expect(await desk.plan({ to: null, overwrite: [] })).toMatchObject({ value: { point: { holds: await taken() } } });
  expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual([`${release.id}/backup/1`]);
  expect(await desk.take('v1')).toMatchObject({ value: { holds: expect.stringContaining('elsewhere: pg-2026') } });
  expect(seen[1]?.headers['idempotency-key']).toMatch(/^app\/backup\/\d+\/1$/);
});

/** 100 MB, as fast as it is read. */
const flood =
  (sent: { bytes: number }): RequestListener =>
  (_request, response) => {
    const chunk = 'x'.repeat(65_536);
    const more = (): void => {
      while (!response.destroyed && sent.bytes < 100e6) {
        sent.bytes += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  };

describe('is no backup, and holds the release with a sentence', () => {
  const sent = { bytes: 0 };

  it.each([
    ['nothing', answering(200), /answered 200, and named no backup: let it answer with a name/],
    ['only blanks', answering(200, ' \n '), /named no backup/],
    [
      'a redirect',
      answering(302, '', { location: 'https://login.invalid/?x' }),
      /redirects to https:\/\/login.invalid\//,
    ],
    ['a page', answering(200, '<html>', { 'content-type': 'text/html' }), /answered an HTML page/],
    ['100 MB', flood(sent), /is longer than 1048576 bytes/],
    ['an error', answering(500, token), /answered 500, not 200/],
  ] as const)('%s', async (_name, listener, said) => {
    const { desk, release } = await scene(listener);
    await expect.poll(() => (desk.latest(release), desk.latest(release).problem), patience).toMatch(said);
    const gate = rollbackPointSeen(release, desk.latest(release), Date.now());
    expect(gate).toMatchObject({ state: 'failed', evidence: expect.stringContaining('spec.backup.hook') });
    expect(JSON.stringify(gate)).not.toContain(token);
    expect(await desk.points()).toEqual({ ok: true, value: [] });
    expect(await desk.take('v1')).toMatchObject({ ok: false, error: { reason: 'BackupHookFailed' } });
  });

  it('of 100 MB little was read', () => expect(sent.bytes).toBeLessThan(50e6));
});

it('one that hangs holds up neither the loop nor a restore, and is left when nobody wants it any more', async () => {
  const { desk, release, seen } = await scene(() => {}, { timeout: '10m' });
  expect(desk.latest(release)).toMatchObject({ point: null, problem: null });
  await expect.poll(() => seen.length, patience).toBe(1);
  expect(desk.latest(release).sinceMs).not.toBeNull();
  expect(await desk.restore({ to: null, overwrite: [] })).toMatchObject({ error: { reason: 'NoRollbackPoint' } });
  const gone = new Promise((resolve) => seen[0]?.once('close', resolve));
  desk.latest({ ...release, phase: { ...release.phase, phase: 'promoting' } as never });
  await gone;
  desk.close();
});

it('a disk that refuses has no second database backed up', async () => {
  const { desk, kept, release, seen } = await scene(answering(200, 'pg-1'));
  await rm(kept, { recursive: true });
  await expect.poll(() => (desk.latest(release), desk.latest(release).problem), patience).toContain('is not there');
  await mkdir(kept);
  await expect.poll(() => desk.latest(release).point?.holds, patience).toContain('elsewhere: pg-1');
  expect(seen.length).toBe(1);
});

it('is asked as soon as a revision is stable, too', async () => {
  const { desk, seen } = await scene(answering(200, 'pg-1'));
  await desk.open();
  expect(desk.stand('v1')).toBeNull();
  await expect.poll(async () => (await desk.points()).ok && seen.length, patience).toBe(1);
  expect(seen[0]?.headers['idempotency-key']).toBeUndefined();
  await expect
    .poll(async () => desk.points(), patience)
    .toMatchObject({ value: [{ holds: expect.stringContaining('elsewhere: pg-1') }] });
});
