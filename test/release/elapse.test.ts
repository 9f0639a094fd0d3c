import { describe, expect, it } from 'vitest';
import { bakeEnded, bakeLeftMs } from '../../src/release/bake.ts';
import { elapse, type Tick } from '../../src/release/elapse.ts';
import type { Investigation, Release } from '../../src/release/release.ts';
import { resumed } from '../../src/release/resume.ts';
import { inPhase, phases, startMs } from '../support/a-release.ts';
import { minutes } from '../support/interventions.ts';

const tick = (given: Partial<Tick> = {}): Tick => ({
  nowMs: startMs,
  elapsedMs: 5_000,
  intervalMs: 5_000,
  sighted: true,
  source: 'prometheus',
  ...given,
});
const baking = inPhase({ ...phases.baking, bakedMs: 0 });
const after = (release: Release, given: Partial<Tick> = {}): Release => elapse(release, tick(given)).release;
const times = (release: Release, n: number, given: Partial<Tick> = {}): Release =>
  Array.from({ length: n }).reduce<Release>((each) => after(each, given), release);
const bakedMs = ({ phase }: Release): number => ('bakedMs' in phase ? phase.bakedMs : Number.NaN);
const pause = { by: 'person', who: 'ada', reason: '', sinceMs: startMs } as const;

describe('the bake', () => {
  it('earns sighted time at the decided weight', () => {
    expect(bakedMs(times(baking, 3))).toBe(15_000);
    expect(bakeLeftMs(times(baking, 3))).toBe(minutes(10) - 15_000);
  });

  it.each([
    ['blind', baking, { sighted: false }],
    ['paused by a person', { ...baking, pauses: [pause] }, {}],
    ['lowered by somebody', { ...baking, weight: { ...baking.weight, ceiling: 25 } }, {}],
    ['not carried as decided', { ...baking, weight: { ...baking.weight, applied: 0 } }, {}],
    ['a jump of more than a few ticks', baking, { elapsedMs: 25_001 }],
    ['a clock that went back', baking, { elapsedMs: -5_000 }],
  ] as const)('earns nothing: %s', (_why, release, given) => {
    expect(bakedMs(after(release, given))).toBe(0);
  });

  it('is over when it was served, or a person says so', () => {
    expect(bakeEnded(inPhase(phases.baking))).toBe(true);
    expect(bakeEnded(baking)).toBe(false);
    const order = { who: 'ada', reason: '', atMs: startMs, step: 0 };
    const none = { abort: null, promote: null, promoteFull: null, rollback: null };
    expect(bakeEnded({ ...baking, orders: { ...none, promote: order } })).toBe(true);
    expect(bakeEnded({ ...baking, orders: { ...none, promote: { ...order, step: 1 } } })).toBe(false);
    expect(bakeEnded({ ...baking, orders: { ...none, promoteFull: { ...order, step: 1 } } })).toBe(true);
  });
});

describe('blindness', () => {
  it('pauses and pages once after blindFor, and lifts itself', () => {
    const blind = times(baking, 59, { sighted: false });
    expect(blind.pauses).toEqual([]);
    const { release, log } = elapse(blind, tick({ sighted: false }));
    expect(release.pauses).toMatchObject([{ by: 'blind' }]);
    expect(log).toMatchObject([{ reason: 'MetricsBlind', data: { source: 'the metric source', blindMs: minutes(5) } }]);
    expect(elapse(release, tick({ sighted: false })).log).toEqual([]);
    const back = elapse(release, tick());
    expect(back.release.pauses).toEqual([]);
    expect(back.log).toMatchObject([{ reason: 'SightReturned' }]);
  });

  it('costs another min(bake, 5 m) of sighted time at its end, whatever was earned', () => {
    const nearlyDone = inPhase({ ...phases.baking, bakedMs: minutes(10) - 5_000 });
    const back = after(times(nearlyDone, 10, { sighted: false }));
    expect(bakeLeftMs(back)).toBe(minutes(5) - 5_000);
    expect(bakeLeftMs(times(back, 59))).toBe(0);
    const short = {
      ...nearlyDone,
      plan: { ...nearlyDone.plan, steps: [{ weight: 25, bakeMs: 60_000, replicas: null }] },
    };
    expect(bakeLeftMs(after(times(short, 10, { sighted: false })))).toBe(55_000);
  });

  it('adds nothing to a step that has more than that left', () => {
    expect(bakeLeftMs(after(times(baking, 10, { sighted: false })))).toBe(minutes(10) - 5_000);
  });

  it('a missed poll or two are no outage', () => {
    const nearlyDone = inPhase({ ...phases.baking, bakedMs: minutes(10) - 5_000 });
    expect(bakeLeftMs(after(times(nearlyDone, 2, { sighted: false })))).toBe(0);
  });

  it('goes on counting over an outage in the watch, with a notice and no pause', () => {
    const blind = times(inPhase(phases.watching), 61, { sighted: false });
    expect(blind.pauses).toEqual([]);
    expect(blind.sight.blindMs).toBe(minutes(5) + 5_000);
  });
});

describe("the plan's limit", () => {
  const open: Investigation = { rule: 'p95', openedAtMs: 0, spentMs: 0, message: 'slow', state: 'open', answer: null };
  const waiting = { reason: 'ApprovalPending', message: '', rule: null, atMs: 0, data: {} };

  it.each([
    ['plain time', baking, {}, 5_000],
    ['an unanswered investigation', { ...baking, investigations: [open] }, {}, 5_000],
    ["a person's pause", { ...baking, pauses: [pause] }, {}, 0],
    ['blindness', baking, { sighted: false }, 0],
    ['a missing approval', { ...baking, waiting }, {}, 0],
    ['a missing order', { ...baking, waiting: { ...waiting, reason: 'AwaitingOrder' } }, {}, 0],
    ['the watch', inPhase(phases.watching), {}, 0],
    ['a stopped machine, for a few ticks at most', baking, { elapsedMs: minutes(60) }, 0],
  ] as const)('counts %s', (_what, release, given, counted) => {
    expect(after(release, given).countedMs).toBe(counted);
  });

  it('an investigation is escalated once when nobody answers', () => {
    const late = { ...baking, investigations: [{ ...open, spentMs: minutes(15) - 5_000 }] };
    const { release, log } = elapse(late, tick());
    expect(release.investigations).toMatchObject([{ state: 'escalated', spentMs: minutes(15) }]);
    expect(log).toMatchObject([{ reason: 'InvestigationEscalated', data: { rule: 'p95', tier: 'secondary' } }]);
    expect(elapse(release, tick()).log).toEqual([]);
  });

  it('the third tier is called after as long again, and nobody after that', () => {
    const escalated = { ...open, state: 'escalated', spentMs: minutes(30) - 5_000 } as const;
    const { release, log } = elapse({ ...baking, investigations: [escalated] }, tick());
    expect(log).toMatchObject([{ reason: 'InvestigationEscalated', data: { tier: 'vendors' } }]);
    expect(elapse(release, tick()).log).toEqual([]);
  });

  it.each([
    ['an hour forth', 3_600_000],
    ['an hour back', -3_600_000],
  ])('a wall clock that is set %s neither shortens nor lengthens an investigation', (_what, jumpMs) => {
    const late = { ...baking, investigations: [{ ...open, spentMs: minutes(10) }] };
    const { release, log } = elapse(late, { ...tick(), nowMs: tick().nowMs + jumpMs });
    expect(release.investigations).toMatchObject([{ state: 'open', spentMs: minutes(10) + 5_000 }]);
    expect(log).toEqual([]);
  });
});

describe('the other clocks', () => {
  it('shifting: waiting for the weight, then for its share', () => {
    const shifting = inPhase(phases.shifting);
    expect(after(shifting).phase).toMatchObject({ waitedMs: 0, spentMs: 5_000 });
    const pending = { ...shifting, weight: { ...shifting.weight, applied: 0 } };
    expect(after(pending).phase).toMatchObject({ waitedMs: 5_000, spentMs: 0 });
  });

  it('the drain runs from the last new request, and anew when somebody raises the weight', () => {
    const back = inPhase({ ...phases.rollingBack, zeroAtMs: startMs });
    expect(after(back).phase).toMatchObject({ spentMs: 5_000, drainedMs: 5_000 });
    expect(after({ ...back, weight: { ...back.weight, applied: 30 } }).phase).toMatchObject({ drainedMs: 0 });
    expect(after(inPhase(phases.rollingBack)).phase).toMatchObject({ drainedMs: 0 });
  });

  it('a weight that is not 0 ten seconds after the decision is said once', () => {
    const stuck = inPhase(phases.rollingBack, { weight: { ...baking.weight, desired: 0 } });
    expect(elapse(stuck, tick()).log).toEqual([]);
    const { release, log } = elapse(after(stuck), tick());
    expect(log).toMatchObject([{ reason: 'RollbackStalled', data: { applied: 25 } }]);
    expect(elapse(release, tick()).log).toEqual([]);
  });

  it('nothing ages once it is over', () => {
    const over = inPhase(phases.rolledBack);
    expect(after(over)).toBe(over);
  });
});

describe('a controller that was gone', () => {
  it('a short restart costs nothing', () => {
    const { release, log } = resumed(inPhase(phases.baking), startMs + 8_000);
    expect(bakeLeftMs(release)).toBe(0);
    expect(release.sight.totalBlindMs).toBe(8_000);
    expect(log).toMatchObject([{ reason: 'ControllerTookOver' }]);
  });

  it('a long one was an outage', () => {
    expect(bakeLeftMs(resumed(inPhase(phases.baking), startMs + minutes(20)).release)).toBe(minutes(5));
  });

  it('a clock that went back changes nothing', () => {
    expect(resumed(baking, startMs - minutes(60))).toEqual({ release: baking, log: [] });
  });
});
