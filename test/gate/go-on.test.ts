import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/gate/facts.ts';
import { decide } from '../../src/gate/gate.ts';
import type { Release } from '../../src/release/release.ts';
import { aRelease, aVerdict, breach, inPhase, phases, someFacts, startMs } from '../support/a-release.ts';
import { minutes, noOrders, order, withPlan } from '../support/interventions.ts';

const baking = inPhase(phases.baking);

describe('promote', () => {
  const young = inPhase({ ...phases.baking, bakedMs: minutes(1) });
  const ordered = (given: Partial<typeof order>): Release => ({
    ...young,
    orders: { ...noOrders, promote: { ...order, ...given } },
  });
  const undecided = [aVerdict({ kind: 'inconclusive', reason: 'TooFewEvents' })];

  it('ends the bake of its own step only', () => {
    expect(decide(someFacts(ordered({}))).kind).toBe('advance');
    expect(decide(someFacts(ordered({ step: 1 })))).toMatchObject({ reason: 'StillBaking' });
  });

  it('goes on without a pass when it has a reason, and not without one', () => {
    expect(decide(someFacts(ordered({}), { verdicts: undecided })).kind).toBe('advance');
    expect(decide(someFacts(ordered({ reason: '' }), { verdicts: undecided }))).toMatchObject({
      reason: 'TooFewEvents',
    });
  });

  it.each([
    ['a breach', breach(), 'rollback'],
    ['a breach put down to the environment', breach({ outcome: 'hold', reason: 'EnvironmentBad' }), 'hold'],
  ])('never passes over %s', (_what, verdict, kind) => {
    const full = { ...young, orders: { ...noOrders, promote: order, promoteFull: order } };
    expect(decide(someFacts(full, { verdicts: [verdict] })).kind).toBe(kind);
  });

  it('goes past the limit that only holds', () => {
    expect(decide(someFacts({ ...ordered({}), countedMs: minutes(121) })).kind).toBe('advance');
  });
});

describe('limits', () => {
  const blindAt = (step: number, plan: Partial<Release['plan']> = {}): Facts =>
    someFacts(
      withPlan(
        inPhase(
          { ...phases.baking, step, bakedMs: 0 },
          {
            sight: { ...baking.sight, blindMs: minutes(31), blindSinceMs: startMs },
          },
        ),
        plan,
      ),
    );

  it.each([
    [0, {}, 'hold'],
    [1, {}, 'rollback'],
    [2, {}, 'rollback'],
    [2, { onBlind: 'hold' }, 'hold'],
    [0, { onBlind: 'rollback' }, 'rollback'],
  ] as const)('blindness at step %i with %o: %s', (step, plan, kind) => {
    expect(decide(blindAt(step, plan)).kind).toBe(kind);
  });

  it('blindness in the watch only notifies', () => {
    const watching = inPhase(phases.watching, {
      sight: { ...baking.sight, blindMs: minutes(31), blindSinceMs: startMs },
    });
    expect(decide(someFacts(watching))).toMatchObject({ kind: 'hold', reason: 'Watching' });
  });

  it('the plan says what its own limit does', () => {
    const late = { ...baking, countedMs: minutes(121) };
    expect(decide(someFacts(late))).toMatchObject({ kind: 'hold', reason: 'LimitReached' });
    expect(decide(someFacts(withPlan(late, { onLimit: 'rollback' })))).toMatchObject({ kind: 'rollback' });
  });

  it('too little traffic to judge, as classed at the start: the checks count; silence does not', () => {
    const thin: Release = { ...baking, unjudgeable: [{ rule: 'error_rate', step: 0 }] };
    const few = [aVerdict({ kind: 'inconclusive', reason: 'TooFewEvents' })];
    const silent = [aVerdict({ kind: 'inconclusive', reason: 'NoData' })];
    expect(decide(someFacts(thin, { verdicts: few })).kind).toBe('advance');
    expect(decide(someFacts(thin, { verdicts: silent }))).toMatchObject({ kind: 'hold', reason: 'NoData' });
    expect(decide(someFacts(withPlan(thin, { whenUnjudgeable: 'hold' }), { verdicts: few })).kind).toBe('hold');
    const restarted = { ...someFacts(thin).canary, restarts: 1 };
    expect(decide(someFacts(thin, { verdicts: few, canary: restarted })).kind).toBe('hold');
  });

  it('no rules: nothing rises, not even the first weight', () => {
    const bare = aRelease({ rules: { rules: [], hash: '', file: 'empty.yaml' } });
    expect(decide(someFacts({ ...inPhase(phases.preparing), rules: bare.rules }))).toMatchObject({ reason: 'NoRules' });
  });

  it('a rule that was not judged yet holds', () => {
    expect(decide(someFacts(baking, { verdicts: [] }))).toMatchObject({ kind: 'hold', reason: 'NoVerdict' });
  });
});
