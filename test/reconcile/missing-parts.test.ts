/** A process of the data plane does not answer: nothing rises or counts as verified without it, and a rollback goes on. */
import { describe, expect, it } from 'vitest';
import { finished } from '../../src/gate/checks/standing.ts';
import { gather } from '../../src/gate/gather.ts';
import { nextAction } from '../../src/reconcile/next-action.ts';
import { observe } from '../../src/release/observe.ts';
import type { Phase, Release } from '../../src/release/release.ts';
import { rollbackRemaining } from '../../src/rollback/remaining.ts';
import type { MissingPart, RouteState } from '../../src/router/router.ts';
import { inPhase, phases, startMs } from '../support/a-release.ts';
import { aRevision, aRoute, aWorkload } from '../support/a-world.ts';

const gone: MissingPart = { name: 'b', message: 'haproxy at b: nobody listens there', serves: 'nobody' };
const silent: MissingPart = { name: 'b', message: 'haproxy at b: no answer within 1000 ms', serves: 'unknown' };

const nowMs = startMs + 60_000;
const workload = aWorkload();
const seen = (release: Release, route: Partial<RouteState>): Release =>
  observe(release, { nowMs, epoch: 1, workload, route: aRoute(route) }).release;

const back = (given: Partial<Phase & { phase: 'rollingBack' }> = {}): Release =>
  inPhase({ ...phases.rollingBack, ...given });
const zeroOf = ({ phase }: Release): number | null => ('zeroAtMs' in phase ? phase.zeroAtMs : null);

describe('with a process of the data plane missing', () => {
  it('a weight that the others carry is not verified, and nothing rises', () => {
    const shifting = inPhase(phases.shifting);
    const counted = { since: { canary: 250, stable: 750 } };
    expect(seen(shifting, counted).phase.phase).toBe('baking');
    expect(seen(shifting, { ...counted, missing: [gone] }).phase.phase).toBe('shifting');
    const atZero = { ...shifting, weight: { ...shifting.weight, applied: 0, reached: 0 } };
    expect(nextAction(atZero, { route: aRoute({ canary: 0 }), workload })).toMatchObject({ kind: 'weight' });
    expect(nextAction(atZero, { route: aRoute({ canary: 0, missing: [gone] }), workload })).toBeNull();
  });

  it('what somebody raised in the others is put back', () => {
    const raised = seen(inPhase(phases.baking), { canary: 75, missing: [gone] });
    expect(raised.weight).toMatchObject({ applied: 75, contested: 1 });
    expect(nextAction(raised, { route: aRoute({ canary: 75, missing: [gone] }), workload })).toMatchObject({
      kind: 'weight',
      canary: 25,
    });
  });

  it('the gate names it, going forward and back', () => {
    const facts = (release: Release) =>
      gather(release, {
        ...{ nowMs, workload, routeProblem: null, checks: [], missingApprovals: [] },
        route: aRoute({ missing: [silent] }),
      });
    expect(facts(inPhase(phases.baking)).route).toMatchObject({ fresh: false, problem: silent.message });
    expect(finished(facts(back()))?.message).toContain(`Not everywhere yet: ${silent.message}`);
  });
});

describe('a rollback with a process of the data plane missing', () => {
  it('is at 0 at once when that process is gone, and ends', () => {
    const release = seen(back(), { canary: 0, missing: [gone] });
    expect(zeroOf(release)).toBe(nowMs);
    const drained = back({ zeroAtMs: startMs, drainedMs: 30_000 });
    const route = aRoute({ canary: 0, missing: [gone] });
    const unserved = aWorkload({ serving: { stable: 'v1', canary: null } });
    expect(rollbackRemaining(drained, { route, workload: unserved })).toMatchObject({ kind: 'scale', replicas: 0 });
    const stopped = aWorkload({ serving: { stable: 'v1', canary: null }, revisions: [aRevision('v1', 4)] });
    const ended = observe(drained, { nowMs, epoch: 1, route, workload: stopped }).release;
    expect(ended.phase).toMatchObject({ phase: 'rolledBack', zeroAtMs: startMs });
  });

  it('drains the others after 10 s when it may still send users, and keeps the canary running for them', () => {
    const route = { canary: 0, missing: [silent] };
    expect(zeroOf(seen(back({ spentMs: 9_000 }), route))).toBeNull();
    expect(zeroOf(seen(back({ spentMs: 10_000 }), route))).toBe(nowMs);
    const drained = back({ zeroAtMs: startMs, drainedMs: 30_000 });
    const open = aRoute({ ...route, canaryInFlight: 2 });
    expect(rollbackRemaining(drained, { route: open, workload })).toEqual({ kind: 'closeStreams' });
    const unserved = aWorkload({ serving: { stable: 'v1', canary: null } });
    expect(rollbackRemaining(drained, { route: aRoute(route), workload: unserved })).toBeNull();
    expect(seen(drained, route).phase.phase).toBe('rollingBack');
  });
});
