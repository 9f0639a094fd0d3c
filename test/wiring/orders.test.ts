/** What people may order of a release, and that a failed one may be retried. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ada, ControlRoom } from '../support/control-room.ts';

let room: ControlRoom;

beforeEach(async () => {
  room = await ControlRoom.open();
});

describe('orders', () => {
  it('are stored, and the loop is told', async () => {
    const { id } = await room.started('v2');
    const paused = await room.controls.act(id, { kind: 'pause', ...ada });
    expect(paused).toMatchObject({ ok: true, value: { pauses: [{ by: 'person', who: 'ada', reason: 'because' }] } });
    expect(room.nudged).toEqual([id]);
    await room.controls.act(id, { kind: 'pause', ...ada });
    expect(room.nudged).toEqual([id]);
    const log = await room.controls.log(id);
    expect(log.ok && log.value.map(({ reason }) => reason)).toEqual(['ReleaseStarted', 'BaselineUnknown', 'Paused']);
  });

  it('survive a race with the loop', async () => {
    const { id } = await room.started('v2');
    const [a, b] = await Promise.all([
      room.controls.act(id, { kind: 'pause', ...ada }),
      room.controls.act(id, { kind: 'abort', ...ada }),
    ]);
    expect([a.ok, b.ok]).toEqual([true, true]);
    const release = await room.controls.release(id);
    expect(release.ok && release.value).toMatchObject({
      pauses: [{ by: 'person' }],
      orders: { abort: { who: 'ada' } },
    });
  });

  it('say when there is no such release', async () => {
    const refused = await room.controls.act('app-v9', { kind: 'abort', ...ada });
    expect(refused).toMatchObject({ ok: false, error: { reason: 'NotFound' } });
  });

  it('retry thaws a failed revision and begins it anew', async () => {
    const first = await room.started('v2');
    expect(await room.controls.act(first.id, { kind: 'retry', ...ada })).toMatchObject({
      ok: false,
      error: { reason: 'NotRetryable' },
    });
    await room.end(first);
    const state = await room.store.policy('app');
    if (!state.ok || state.value === null) throw new Error('gone');
    await room.store.savePolicy({ ...state.value, frozen: ['v2'] });
    expect(await room.start('v2')).toMatchObject({ ok: false, error: { reason: 'RevisionFrozen' } });
    const again = await room.controls.act(first.id, { kind: 'retry', ...ada });
    expect(again).toMatchObject({ ok: true, value: { revision: 'v2' } });
    expect(again.ok && again.value.id).not.toBe(first.id);
  });

  it('retry with the word for it records a false alarm once, and begins the release anew', async () => {
    const first = await room.started('v2');
    const cause = { reason: 'Breach', message: 'error_rate 5 %', rule: 'error_rate', atMs: 0, data: {} };
    const phase = { phase: 'rolledBack', cause, endedAtMs: 1, zeroAtMs: 1, emptyAtMs: 1 } as const;
    const ended = await room.store.save({ ...(await room.release(first.id)), phase }, []);
    expect(ended.ok).toBe(true);
    const order = { kind: 'retry', who: 'ada', reason: 'false-alarm: the load test' } as const;
    const again = await room.controls.act(first.id, order);
    expect(again).toMatchObject({ ok: true, value: { revision: 'v2', phase: { phase: 'preparing' } } });
    expect(await room.controls.act(first.id, order)).toEqual(again);
    expect(await room.release(first.id)).toMatchObject({ calledFalseAlarm: { who: 'ada', reason: order.reason } });
    expect(room.falseAlarms).toEqual(['app/error_rate']);
    const log = await room.controls.log(first.id);
    expect(log.ok && log.value.filter(({ reason }) => reason === 'FalseAlarm')).toHaveLength(1);
  });

  it('retry calls nothing a false alarm that no rule took back', async () => {
    const first = await room.end(await room.started('v2'));
    const refused = await room.controls.act(first.id, { kind: 'retry', who: 'ada', reason: 'false-alarm' });
    expect(refused).toMatchObject({ ok: false, error: { reason: 'NotAFalseAlarm' } });
    expect(room.falseAlarms).toEqual([]);
  });
});
