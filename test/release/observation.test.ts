/** How a release ends that somebody else drives: made stable, taken back, or another canary in its place. */
import { describe, expect, it } from 'vitest';
import { type Driven, observationEnd } from '../../src/release/observation.ts';
import type { Release } from '../../src/release/release.ts';
import { aCause, aPolicy, aRelease, startMs } from '../support/a-release.ts';

const observed = aRelease({ mode: 'observe' });
const withTraffic = (applied: number): Release => ({
  ...observed,
  weight: { ...observed.weight, applied, appliedAtMs: startMs, firstTrafficAtMs: startMs - 60_000 },
});
const seen: Driven = { nowMs: startMs, settleMs: 60_000, stable: 'v1', canary: 'v2', weight: 25 };
const end = (release = withTraffic(25), given: Partial<Driven> = {}) =>
  observationEnd(release, aPolicy(), { ...seen, ...given });

describe('a release that somebody else drives', () => {
  it('goes on at any weight, and at 0 before it ever had traffic', () => {
    expect(end()).toBeNull();
    expect(end(observed, { weight: 0, nowMs: startMs + 3_600_000 })).toBeNull();
  });

  it('has succeeded when its own pods are stable', () => {
    const ended = end(withTraffic(100), { stable: 'v2', canary: null, weight: 100 });
    expect(ended?.release.phase).toEqual({ phase: 'succeeded', endedAtMs: startMs });
    expect(ended?.policy).toMatchObject({ stable: 'v2', previous: 'v1' });
    expect(ended?.log).toMatchObject([{ reason: 'Succeeded' }]);
  });

  it('has succeeded when stable was made anew after it and it has no traffic any more, not before', () => {
    expect(end(withTraffic(100), { stable: 'v1-new', weight: 100 })).toBeNull();
    expect(end(withTraffic(0), { stable: 'v1-new', weight: 0 })?.release.phase.phase).toBe('succeeded');
  });

  it('was taken back when stable was only restarted, and its own traffic is gone for a while', () => {
    const restarted = { stable: 'v1-again', restarted: 'stable', weight: 0 } as const;
    expect(end(withTraffic(0), restarted)).toBeNull();
    const ended = end(withTraffic(0), { ...restarted, nowMs: startMs + 60_000 });
    expect(ended?.release.phase).toMatchObject({ phase: 'rollingBack', cause: { reason: 'DriverTookBack' } });
  });

  it('says so when it was made stable over a breach', () => {
    const latch = { ...aCause, message: 'error_rate 5 %, limit 0.1%.' };
    const ended = end({ ...withTraffic(100), latch }, { stable: 'v2', canary: null });
    expect(ended?.log[0]?.message).toContain('made v2 stable, although: error_rate 5 %');
  });

  it('was taken back when its pods are gone, and its revision may come again', () => {
    const ended = end(withTraffic(25), { canary: null, weight: 0 });
    expect(ended?.release.phase).toMatchObject({
      phase: 'rollingBack',
      cause: { reason: 'DriverTookBack', rule: null },
    });
    expect(ended?.policy).toEqual(aPolicy());
  });

  it('was taken back when its weight stays at 0, a pause on the way is none', () => {
    expect(end(withTraffic(0), { weight: 0, nowMs: startMs + 59_000 })).toBeNull();
    const latch = { ...aCause, rule: 'error_rate' };
    const ended = end({ ...withTraffic(0), latch }, { weight: 0, nowMs: startMs + 60_000 });
    expect(ended?.release.phase).toMatchObject({ cause: { reason: 'DriverTookBack', rule: 'error_rate' } });
  });

  it('makes way for another canary', () => {
    const ended = end(withTraffic(25), { canary: 'v3' });
    expect(ended?.release.phase).toMatchObject({ phase: 'rollingBack', cause: { reason: 'Superseded' } });
  });

  it('ends once', () => {
    const ended = end(withTraffic(25), { canary: null });
    expect(ended?.release === undefined ? undefined : end(ended.release, { canary: null })).toBeNull();
  });
});
