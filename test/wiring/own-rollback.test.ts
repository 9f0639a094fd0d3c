/** A start that says what a breach of this one release does: through the controls, and past a release that makes way. */
import { expect, it } from 'vitest';
import type { OwnRollback } from '../../src/release/own-rollback.ts';
import { ada, ControlRoom, command } from '../support/control-room.ts';

const forbidden: OwnRollback = { rollback: 'forbidden', who: 'ada', caller: null, reason: 'drops a column' };

const starting = (room: ControlRoom, revision: string, rollback: OwnRollback | null) =>
  room.controls.start({ policy: 'app', revision, spec: command(revision), ...ada, rollback });

it('is begun with, and not changed by another start of the same', async () => {
  const room = await ControlRoom.open();
  expect(await starting(room, 'v2', forbidden)).toMatchObject({ value: { plan: { rollback: 'forbidden' } } });
  expect(await starting(room, 'v2', forbidden)).toMatchObject({ ok: true });
  expect(await starting(room, 'v2', { ...forbidden, rollback: 'ask' })).toMatchObject({
    error: { reason: 'AlreadyRunning', message: expect.stringContaining('rollback: forbidden') },
  });
});

it('holds for the successor that had to wait, and for no other', async () => {
  const room = await ControlRoom.open();
  const first = await room.started('v2');
  const waiting = starting(room, 'v3', forbidden);
  await expect.poll(async () => (await room.release(first.id)).supersededBy).toBe('v3');
  const ended = await room.end(first);
  await room.starter.follow(room.served, ended);
  expect(await waiting).toMatchObject({ value: { revision: 'v3', plan: { rollback: 'forbidden' } } });
  expect((await room.release(first.id)).plan.rollback).toBe('auto');
});

it('holds for a retry, too: the revision is the same', async () => {
  const room = await ControlRoom.open();
  await starting(room, 'v2', forbidden);
  const [first] = room.begun;
  if (first === undefined) throw new Error('nothing was begun');
  await room.end(first);
  const again = await room.controls.act(first.id, { kind: 'retry', ...ada });
  expect(again).toMatchObject({ value: { plan: { rollback: 'forbidden' }, ownRollback: forbidden } });
});
