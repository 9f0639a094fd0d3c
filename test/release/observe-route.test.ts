import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/release/log.ts';
import { observe } from '../../src/release/observe.ts';
import type { Release } from '../../src/release/release.ts';
import type { RouteState } from '../../src/router/router.ts';
import type { WorkloadState } from '../../src/workload/workload.ts';
import { inPhase, phases, startMs } from '../support/a-release.ts';
import { aRoute } from '../support/a-world.ts';

const seen = (
  release: Release,
  route: Partial<RouteState>,
  given: { epoch?: number; workload?: WorkloadState } = {},
): Change<Release> =>
  observe(release, { nowMs: startMs + 60_000, epoch: 1, workload: null, ...given, route: aRoute(route) });

const baking = inPhase(phases.baking);
const pending = { ...inPhase(phases.shifting), weight: { ...baking.weight, applied: 0, reached: 0 } };

describe('what the router reads back', () => {
  it('the same again changes nothing and says nothing', () => {
    const once = seen(baking, {}).release;
    const twice = seen(once, {});
    expect(twice).toEqual({ release: once, log: [] });
  });

  it('our own raise: applied, with its time, the first traffic and what was reached', () => {
    const fresh = { ...pending, weight: { ...pending.weight, firstTrafficAtMs: null, raisedAtMs: null } };
    const { release, log } = seen(fresh, { since: { canary: 0, stable: 0 } });
    const at = startMs + 60_000;
    expect(release.weight).toMatchObject({
      applied: 25,
      reached: 25,
      appliedAtMs: at,
      raisedAtMs: at,
      firstTrafficAtMs: at,
    });
    expect(log).toMatchObject([{ reason: 'WeightApplied', data: { desired: 25, before: 0, found: 25 } }]);
  });

  it('raised by somebody: counted once, and told apart from our own', () => {
    const { release, log } = seen(baking, { canary: 60 });
    expect(release.weight).toMatchObject({ applied: 60, desired: 25, reached: 25, contested: 1, ceiling: null });
    expect(log).toMatchObject([{ reason: 'WeightRaised' }]);
    expect(seen(release, { canary: 60 }).release.weight.contested).toBe(1);
    const third = { ...baking, weight: { ...baking.weight, contested: 2 } };
    expect(seen(third, { canary: 60 }).log).toMatchObject([{ reason: 'TrafficContested' }]);
  });

  it('lowered by somebody: a ceiling', () => {
    const { release, log } = seen(baking, { canary: 10 });
    expect(release).toMatchObject({ latch: null, weight: { ceiling: 10, contested: 0 } });
    expect(log).toMatchObject([{ reason: 'WeightLowered' }]);
  });

  it('lowered by somebody whom the route names', () => {
    const { log } = seen(baking, { canary: 10, writer: { name: 'kubectl-edit', ignore: null } });
    expect(log[0]?.message).toBe('kubectl-edit lowered the weight from 25 % to 10 %: it stays there until resume');
  });

  it('another object in its place: from the first step on, whatever it carries', () => {
    const known = { ...baking.weight, routeObject: 'uid-1', seenByEpoch: 1 };
    const later = {
      ...inPhase({ ...phases.baking, step: 1 }),
      weight: { ...known, desired: 50, applied: 50, reached: 50 },
    };
    for (const canary of [0, 50, 80]) {
      const { release, log } = seen(later, { canary, object: 'uid-2', release: null });
      expect(release).toMatchObject({
        latch: null,
        phase: { phase: 'shifting', step: 0, bakedMs: 0 },
        weight: { desired: 25, reached: 0, ceiling: null, contested: 0, applied: canary, routeObject: 'uid-2' },
      });
      expect(log).toMatchObject([{ reason: 'RouteReplaced' }]);
      expect(seen(release, { canary: 0, object: 'uid-2', release: null }).log).toHaveLength(canary === 0 ? 0 : 1);
    }
    expect(seen(later, { canary: 50, object: 'uid-1' }).log).toEqual([]);
  });

  it('another object in its place, and the controller is another one: a rollback whose record was lost', () => {
    const known = { ...baking, weight: { ...baking.weight, routeObject: 'uid-1', seenByEpoch: 1 } };
    const { release } = seen(known, { canary: 0, object: 'uid-2', release: null }, { epoch: 2 });
    expect(release.latch).toMatchObject({ reason: 'LoweredUnrecorded' });
  });

  it("0 by the data plane's own dead man's switch: held until a person resumes, whoever looks and whatever was restarted", () => {
    const off = { atMs: startMs + 50_000, from: 25, release: baking.id, silentMs: 30_400 };
    const { release, log } = seen(baking, { canary: 0, switchedOff: off, startedAtMs: startMs + 55_000 }, { epoch: 2 });
    expect(release).toMatchObject({
      latch: null,
      phase: { phase: 'shifting', step: 0 },
      pauses: [{ by: 'switch', sinceMs: startMs + 50_000 }],
      weight: { ceiling: 0, applied: 0, desired: 25 },
    });
    expect(log).toMatchObject([{ reason: 'DeadMansSwitch' }]);
    expect(log[0]?.message).toContain('for 30s');
    expect(seen(release, { canary: 0, switchedOff: off, startedAtMs: startMs + 55_000 }, { epoch: 2 }).log).toEqual([]);
  });

  it("0 by the switch of another release's time: as any other weight that was lowered", () => {
    const off = { atMs: startMs, from: 25, release: 'another', silentMs: 30_000 };
    expect(seen(baking, { canary: 0, switchedOff: off }).log).toMatchObject([{ reason: 'WeightLowered' }]);
  });

  it('lower, and the controller is another one: a rollback whose record was lost', () => {
    const { release } = seen(baking, { canary: 0 }, { epoch: 2 });
    expect(release.latch).toMatchObject({ reason: 'LoweredUnrecorded' });
  });

  it('our own raise that was never written is no lowering, nor one that landed unseen', () => {
    expect(seen(pending, { canary: 0 }, { epoch: 2 }).release.latch).toBeNull();
    expect(seen(pending, { canary: 25 }, { epoch: 2 }).release).toMatchObject({ latch: null, weight: { applied: 25 } });
  });

  it('the latch in the route: it was taken back, whatever the record says', () => {
    expect(seen(baking, { canary: 0, rolledBack: 'app-1' }).release.latch).toMatchObject({ reason: 'TakenBack' });
    expect(seen(baking, { rolledBack: 'app-0' }).release.latch).toBeNull();
  });

  it('a data plane that started anew has lost its weight: verified anew, no hand in it, no bake lost', () => {
    const { release, log } = seen(baking, { canary: 0, startedAtMs: startMs + 1 }, { epoch: 2 });
    expect(release).toMatchObject({
      latch: null,
      phase: { phase: 'shifting', step: 0, bakedMs: 600_000, spentMs: 0 },
      weight: { applied: 0, desired: 25, reached: 25, ceiling: null, contested: 0 },
    });
    expect(log).toMatchObject([{ reason: 'DataPlaneRestarted' }]);
  });

  it('the weight given back below what is desired is our own doing', () => {
    const paused = { by: 'person', who: 'ada', reason: '', sinceMs: startMs } as const;
    const given = { ...pending, pauses: [paused], weight: { ...pending.weight, desired: 50, reached: 25 } };
    expect(seen({ ...given, phase: { ...phases.shifting, step: 1 } }, { canary: 25 }).release.weight).toMatchObject({
      applied: 25,
      contested: 0,
    });
  });

  it('an unreadable route says nothing', () => {
    const nothing = observe(baking, { nowMs: startMs, epoch: 2, route: null, workload: null });
    expect(nothing).toEqual({ release: baking, log: [] });
  });
});

describe("the step's share of the traffic", () => {
  const shifting = inPhase(phases.shifting);
  const workload: WorkloadState = { observedAtMs: startMs, revisions: [], serving: { stable: 'v1', canary: 'v2' } };
  const phaseAfter = (release: Release, since: RouteState['since']): Release['phase'] =>
    seen(release, { since }, { workload }).release.phase;
  const late = { ...shifting, phase: { ...phases.shifting, spentMs: 120_000 } };
  const verifying = (verify: Release['plan']['verify']): Release => ({
    ...shifting,
    plan: { ...shifting.plan, verify },
  });

  it.each([
    [
      'agrees: the bake begins',
      shifting,
      { canary: 25, stable: 75 },
      { phase: 'baking', verified: { by: 'requests', requests: 100 } },
    ],
    ['three sigma off is agreement with few requests', shifting, { canary: 37, stable: 63 }, { phase: 'baking' }],
    ['more is not', shifting, { canary: 39, stable: 61 }, { phase: 'shifting' }],
    ['two points off are agreement with many', shifting, { canary: 26_900, stable: 73_100 }, { phase: 'baking' }],
    ['more is not', shifting, { canary: 27_100, stable: 72_900 }, { phase: 'shifting' }],
    ['99 requests are too few', shifting, { canary: 25, stable: 74 }, { phase: 'shifting' }],
    [
      'too few after verifyWithin: the read-back counts',
      late,
      { canary: 1, stable: 3 },
      { phase: 'baking', verified: { by: 'unverified' } },
    ],
    ['enough, never agreeing: it waits', late, { canary: 60, stable: 40 }, { phase: 'shifting' }],
    ['not countable here', shifting, null, { phase: 'baking', verified: { by: 'config' } }],
    ['verify: config', verifying('config'), { canary: 0, stable: 0 }, { phase: 'baking', verified: { by: 'config' } }],
    ['verify: off', verifying('off'), { canary: 0, stable: 0 }, { phase: 'baking', verified: { by: 'off' } }],
  ] as const)('%s', (_what, release, since, phase) => {
    expect(phaseAfter(release, since)).toMatchObject(phase);
  });
});
