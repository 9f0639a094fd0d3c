import { describe, expect, it } from 'vitest';
import { decide } from '../../src/gate/gate.ts';
import { promotionRemaining } from '../../src/promotion/remaining.ts';
import type { Action } from '../../src/release/action.ts';
import type { Release } from '../../src/release/release.ts';
import type { RouteState } from '../../src/router/router.ts';
import type { WorkloadState } from '../../src/workload/workload.ts';
import { aCause, inPhase, phases, someFacts, startMs } from '../support/a-release.ts';
import { aRevision, aRoute, aWorkload } from '../support/a-world.ts';

const next = (
  release: Release,
  route: Partial<RouteState> = {},
  workload: Partial<WorkloadState> = {},
): Action | null => promotionRemaining(release, { route: aRoute(route), workload: aWorkload(workload) });

const shifting = (step: number, weight: Partial<Release['weight']> = {}): Release => {
  const release = inPhase({ ...phases.shifting, step });
  const before = release.plan.steps[step - 1]?.weight ?? 0;
  return { ...release, weight: { ...release.weight, applied: before, reached: before, ...weight } };
};
const paused = { by: 'person', who: 'ada', reason: '', sinceMs: startMs } as const;
const held = { reason: 'EvidenceRising', message: '', rule: null, atMs: startMs, data: {} };

describe('preparing', () => {
  const preparing = inPhase(phases.preparing);

  it('starts the canary, puts it behind its backend, and gives it no traffic', () => {
    const none = { revisions: [aRevision('v1', 4)], serving: { stable: 'v1', canary: null } };
    expect(next(preparing, { canary: 0 }, none)).toEqual({ kind: 'scale', revision: 'v2', replicas: 1 });
    const started = { ...none, revisions: [aRevision('v1', 4), aRevision('v2', 1, 0)] };
    expect(next(preparing, { canary: 0 }, started)).toEqual({ kind: 'serve', backend: 'canary', revision: 'v2' });
    expect(next(preparing, { canary: 0 })).toBeNull();
  });

  it('takes away at once what somebody gave it', () => {
    expect(next(preparing, { canary: 40 })).toEqual({ kind: 'weight', canary: 0, latch: false });
  });
});

describe('a step', () => {
  it('scales for itself before its weight', () => {
    expect(next(shifting(1), { canary: 25 })).toEqual({ kind: 'scale', revision: 'v2', replicas: 2 });
    const starting = { revisions: [aRevision('v1', 4), aRevision('v2', 2, 1)] };
    expect(next(shifting(1), { canary: 25 }, starting)).toBeNull();
    const ready = { revisions: [aRevision('v1', 4), aRevision('v2', 2)] };
    expect(next(shifting(1), { canary: 25 }, ready)).toEqual({ kind: 'weight', canary: 50, latch: false });
  });

  it.each([
    ['the canary has no endpoint', { canary: 0, canaryReady: false }, {}],
    ['stable has none for the rest', { canary: 0, stableReady: false }, {}],
    ['stable has none that is ready', { canary: 0 }, { revisions: [aRevision('v1', 4, 0), aRevision('v2', 1)] }],
  ] as const)('does not rise while %s', (_what, route, workload) => {
    expect(next(shifting(0), route, workload)).toBeNull();
  });

  it.each([
    ['a latch', { latch: aCause }],
    ['a pause', { pauses: [paused] }],
    [
      'an abort',
      {
        orders: { abort: { who: 'a', reason: '', atMs: 0, step: 0 }, promote: null, promoteFull: null, rollback: null },
      },
    ],
    ['a newer revision', { supersededBy: 'v3' }],
    ['an objection of the gate', { waiting: held }],
  ] as const)('does not rise over %s', (_what, given) => {
    expect(next({ ...shifting(0), ...given }, { canary: 0 })).toBeNull();
  });

  it('rises while the gate waits for just that', () => {
    const waiting = { ...held, reason: 'WeightNotApplied' };
    expect(next({ ...shifting(0), waiting }, { canary: 0 })).toMatchObject({ kind: 'weight', canary: 25 });
  });

  it('puts back what somebody raised, and does not pass what a person lowered', () => {
    const baking = inPhase(phases.baking);
    expect(next(baking, { canary: 60 })).toEqual({ kind: 'weight', canary: 25, latch: false });
    const lowered = { ...baking, weight: { ...baking.weight, ceiling: 10, applied: 10 } };
    expect(next(lowered, { canary: 10 })).toBeNull();
    expect(next(baking, { canary: 10 })).toMatchObject({ kind: 'weight', canary: 25 });
  });

  it('gives a data plane its weight back, paused or not, up to what was reached; over a latch nothing', () => {
    const lost = { ...inPhase({ ...phases.shifting, step: 1 }), pauses: [paused] };
    const weight = { ...lost.weight, desired: 50, reached: 25, applied: 0 };
    const two = { revisions: [aRevision('v1', 4), aRevision('v2', 2)] };
    expect(next({ ...lost, weight }, { canary: 0 }, two)).toEqual({ kind: 'weight', canary: 25, latch: false });
    expect(next({ ...lost, weight, latch: aCause }, { canary: 0 }, two)).toBeNull();
  });

  it("puts stable's backend back when somebody moved it", () => {
    const moved = { serving: { stable: 'v0', canary: 'v2' } };
    expect(next(inPhase(phases.baking), {}, moved)).toEqual({ kind: 'serve', backend: 'stable', revision: 'v1' });
  });
});

describe('promoting', () => {
  const promoting = inPhase(phases.promoting);
  const four = [aRevision('v1', 4), aRevision('v2', 4)];

  it("stable's backend first, then weight 0, then the canary's backend", () => {
    const route = { canary: 100 };
    expect(next(promoting, route, { revisions: four })).toEqual({ kind: 'serve', backend: 'stable', revision: 'v2' });
    const serving = { revisions: four, serving: { stable: 'v2', canary: 'v2' } };
    expect(next(promoting, route, serving)).toEqual({ kind: 'weight', canary: 0, latch: false });
    expect(next(promoting, { canary: 0 }, serving)).toEqual({ kind: 'serve', backend: 'canary', revision: null });
    expect(next(promoting, { canary: 0 }, { ...serving, serving: { stable: 'v2', canary: null } })).toBeNull();
  });

  it("grows to stable's size first, and waits until all of it is ready", () => {
    const small = { revisions: [aRevision('v1', 4), aRevision('v2', 1)] };
    expect(next(promoting, { canary: 100 }, small)).toEqual({ kind: 'scale', revision: 'v2', replicas: 4 });
    expect(next(promoting, { canary: 100 }, { revisions: [aRevision('v1', 4), aRevision('v2', 4, 3)] })).toBeNull();
  });

  it('waits for a ready instance of what becomes stable', () => {
    expect(next(promoting, { canary: 100 }, { revisions: [aRevision('v1', 4), aRevision('v2', 4, 0)] })).toBeNull();
  });

  it('waits where somebody lowered the weight, until stable serves the same revision anyway', () => {
    const lowered = { ...promoting, weight: { ...promoting.weight, ceiling: 60, applied: 60 } };
    expect(decide(someFacts(lowered))).toMatchObject({ kind: 'hold', reason: 'WeightLowered' });
    expect(next(lowered, { canary: 60 }, { revisions: four })).toBeNull();
    const serving = { revisions: four, serving: { stable: 'v2', canary: 'v2' } };
    expect(next(lowered, { canary: 60 }, serving)).toEqual({ kind: 'weight', canary: 0, latch: false });
  });

  it('stops where it is over a latch that waits for a person', () => {
    expect(next({ ...promoting, latch: aCause }, { canary: 100 }, { revisions: four })).toBeNull();
  });
});

describe('the watch', () => {
  const serving = { stable: 'v2', canary: null };
  const revisions = [aRevision('v1', 4), aRevision('v2', 6)];
  const watching = inPhase(phases.watching);

  const sized = [aRevision('v1', 4), aRevision('v2', 4)];

  it('keeps the old revision running, and puts back a weight that somebody raised', () => {
    expect(next(watching, { canary: 0 }, { serving, revisions: sized })).toBeNull();
    expect(next(watching, { canary: 30 }, { serving, revisions })).toEqual({ kind: 'weight', canary: 0, latch: false });
  });

  it('brings the new one back to its own size, but for a breach that waits for a word', () => {
    const back = { kind: 'scale', revision: 'v2', replicas: 4 };
    expect(next(watching, { canary: 0 }, { serving, revisions })).toEqual(back);
    expect(next({ ...watching, latch: aCause }, { canary: 0 }, { serving, revisions })).toBeNull();
  });

  it('makes nothing smaller that something else sizes', () => {
    const autoscaled = [aRevision('v1', 4), { ...aRevision('v2', 6), autoscaled: true }];
    expect(next(watching, { canary: 0 }, { serving, revisions: autoscaled })).toBeNull();
  });

  it('of the old one as many as the plan keeps, after a while, and when all of the new one is ready', () => {
    const kept = (instances: number, watchedMs: number) => ({
      ...inPhase({ phase: 'watching', watchedMs } as const),
      plan: { ...watching.plan, standby: { instances, afterMs: 60_000 } },
    });
    const seen = { serving, revisions: sized };
    const down = (replicas: number) => ({ kind: 'scale', revision: 'v1', replicas });
    expect(next(kept(1, 59_000), { canary: 0 }, seen)).toBeNull();
    expect(next(kept(1, 60_000), { canary: 0 }, seen)).toEqual(down(1));
    expect(next(kept(0, 60_000), { canary: 0 }, seen)).toEqual(down(0));
    expect(next(kept(4, 60_000), { canary: 0 }, seen)).toBeNull();
    expect(next({ ...kept(1, 60_000), latch: aCause }, { canary: 0 }, seen)).toBeNull();
    const shaky = { serving, revisions: [aRevision('v1', 4), aRevision('v2', 4, 3)] };
    expect(next(kept(1, 60_000), { canary: 0 }, shaky)).toBeNull();
  });

  it('over: the old one to 0', () => {
    const over = inPhase({ phase: 'watching', watchedMs: watching.plan.watchMs });
    expect(next(over, { canary: 0 }, { serving, revisions: sized })).toEqual({
      kind: 'scale',
      revision: 'v1',
      replicas: 0,
    });
    expect(next(over, { canary: 0 }, { serving, revisions: [aRevision('v2', 4)] })).toBeNull();
    expect(next({ ...over, latch: aCause }, { canary: 0 }, { serving, revisions })).toBeNull();
  });
});
