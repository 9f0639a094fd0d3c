/** What counts as seeing a service, and as time that passed. */
import { describe, expect, it } from 'vitest';
import { isSighted, noteSight, startSession, tick } from '../../src/reconcile/session.ts';

const clockAt = (monotonicMs: number) => ({ wallMs: () => 5_000, monotonicMs: () => monotonicMs });
const aSession = () => startSession({ id: 'app-1', policy: 'app' });

describe('sight', () => {
  it('is not known before the first answer', () => {
    expect(isSighted(aSession(), clockAt(1_000), 15_000)).toBeNull();
  });

  it.each([
    [15_000, 45_000],
    [1_000, 3_000],
    // A source that is asked many times a second may still be late for a second.
    [10, 1_000],
  ])('by a source of %d ms lasts %d ms', (intervalMs, lastsMs) => {
    const session = aSession();
    noteSight(session, 1_000);
    expect(isSighted(session, clockAt(1_000 + lastsMs), intervalMs)).toBe(true);
    expect(isSighted(session, clockAt(1_001 + lastsMs), intervalMs)).toBe(false);
  });

  it('is lost at once by an answer of no use, and comes back with the next good one', () => {
    const session = aSession();
    noteSight(session, 1_000);
    noteSight(session, null);
    expect(isSighted(session, clockAt(1_001), 15_000)).toBe(false);
    noteSight(session, 2_000);
    expect(isSighted(session, clockAt(2_001), 15_000)).toBe(true);
  });
});

describe('time', () => {
  it('without a controller earns nothing', () => {
    expect(tick(aSession(), clockAt(70_000))).toEqual({ nowMs: 5_000, monotonicMs: 70_000, elapsedMs: 0 });
  });

  it('counts from the last look that was saved', () => {
    const session = { ...aSession(), lastMonotonicMs: 60_000 };
    expect(tick(session, clockAt(70_000)).elapsedMs).toBe(10_000);
  });
});
