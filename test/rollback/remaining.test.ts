import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/release/action.ts';
import type { Phase, Release } from '../../src/release/release.ts';
import { rollbackRemaining } from '../../src/rollback/remaining.ts';
import type { RouteState } from '../../src/router/router.ts';
import type { WorkloadState } from '../../src/workload/workload.ts';
import { inPhase, phases, startMs } from '../support/a-release.ts';
import { aRevision, aRoute, aWorkload } from '../support/a-world.ts';

type Back = Phase & { readonly phase: 'rollingBack' };

const back = (given: Partial<Back> = {}): Release => inPhase({ ...phases.rollingBack, ...given });
const next = (
  release: Release,
  route: Partial<RouteState> | null,
  workload: Partial<WorkloadState> | null = {},
): Action | null =>
  rollbackRemaining(release, {
    route: route === null ? null : aRoute(route),
    workload: workload === null ? null : aWorkload(workload),
  });

const toZero = { kind: 'weight', canary: 0, latch: true };
const drained = { zeroAtMs: startMs, drainedMs: 30_000 };

describe('the way to 0', () => {
  it('comes first, with the latch, whatever else is unknown', () => {
    expect(next(back(), { canary: 50 })).toEqual(toZero);
    expect(next(back(), { canary: 50 }, null)).toEqual(toZero);
    expect(next(back(), null, null)).toEqual(toZero);
  });

  it('is gone again each time that somebody raises the weight', () => {
    expect(next(back(drained), { canary: 30 })).toEqual(toZero);
  });

  it('waits for stable only where none of it is ready: started, then its first ready instance', () => {
    const down = [aRevision('v2', 1)];
    expect(next(back(), { canary: 50 }, { revisions: down })).toEqual({ kind: 'scale', revision: 'v1', replicas: 4 });
    const starting = [aRevision('v1', 4, 0), aRevision('v2', 1)];
    expect(next(back(), { canary: 50 }, { revisions: starting })).toBeNull();
    expect(next(back(), { canary: 50 }, { revisions: [aRevision('v1', 4, 1), aRevision('v2', 1)] })).toEqual(toZero);
    expect(next(back(), { canary: 50, stableReady: false }, { serving: { stable: null, canary: 'v2' } })).toEqual({
      kind: 'serve',
      backend: 'stable',
      revision: 'v1',
    });
  });
});

describe('from promoting and watching', () => {
  const serving = { stable: 'v2', canary: null };

  it('the revision before is stable again, at its first ready instance', () => {
    const undo = back({ undo: true });
    const serve = { kind: 'serve', backend: 'stable', revision: 'v1' };
    expect(next(undo, { canary: 0 }, { serving })).toEqual(serve);
    expect(next(undo, { canary: 0 }, { serving, revisions: [aRevision('v1', 4, 0), aRevision('v2', 4)] })).toBeNull();
    expect(next(undo, { canary: 0 }, { serving, revisions: [aRevision('v2', 4)] })).toMatchObject({
      kind: 'scale',
      revision: 'v1',
    });
  });
});

describe('a stable that is smaller than it should be', () => {
  it('serves at once with what is ready, and grows at the same time', () => {
    const serving = { stable: 'v2', canary: null };
    const undo = back({ undo: true });
    const standby = [aRevision('v1', 1), aRevision('v2', 4)];
    const serve = { kind: 'serve', backend: 'stable', revision: 'v1' };
    expect(next(undo, { canary: 0 }, { serving, revisions: standby })).toEqual(serve);
    const grow = { kind: 'scale', revision: 'v1', replicas: 4 };
    expect(next(undo, { canary: 0 }, { serving: { ...serving, stable: 'v1' }, revisions: standby })).toEqual(grow);
    expect(next(back(), { canary: 50 }, { revisions: standby })).toEqual(toZero);
    // What sizes it by its load makes it larger by itself; the rest of the way back does not wait for that.
    const autoscaled = [{ ...aRevision('v1', 1), autoscaled: true }, aRevision('v2', 4)];
    expect(next(undo, { canary: 0 }, { serving: { ...serving, stable: 'v1' }, revisions: autoscaled })).not.toEqual(
      grow,
    );
  });
});

describe('the canary after 0', () => {
  it('may end what it has begun, and nothing longer than the drain', () => {
    const draining = back({ zeroAtMs: startMs, drainedMs: 10_000 });
    expect(next(draining, { canary: 0, canaryInFlight: 3 })).toBeNull();
    const unserve = { kind: 'serve', backend: 'canary', revision: null };
    expect(next(draining, { canary: 0, canaryInFlight: 0 })).toEqual(unserve);
    expect(next(back(drained), { canary: 0, canaryInFlight: 3 })).toEqual({ kind: 'closeStreams' });
    expect(next(back({ ...drained, drainedMs: 35_000 }), { canary: 0, canaryInFlight: 3 })).toEqual(unserve);
    expect(next(back(drained), { canary: 0, canaryInFlight: null })).toEqual(unserve);
  });

  it('is scaled to 0 once nothing sends to it', () => {
    const serving = { stable: 'v1', canary: null };
    expect(next(back(drained), { canary: 0 }, { serving })).toEqual({ kind: 'scale', revision: 'v2', replicas: 0 });
    expect(next(back(drained), { canary: 0 }, { serving, revisions: [aRevision('v1', 4)] })).toBeNull();
  });

  it('loses its backend at once where the weight was contested three times', () => {
    const release = back({ zeroAtMs: startMs });
    const contested = { ...release, weight: { ...release.weight, contested: 3 } };
    expect(next(contested, { canary: 0, canaryInFlight: 3 })).toEqual({
      kind: 'serve',
      backend: 'canary',
      revision: null,
    });
  });
});
