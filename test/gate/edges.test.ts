/** Where one more millisecond, instance or order makes the difference. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/gate/gate.ts';
import type { Release } from '../../src/release/release.ts';
import { aVerdict, breach, inPhase, phases, someFacts } from '../support/a-release.ts';
import { aRule } from '../support/a-rule.ts';
import { blindFor, investigation, minutes, noOrders, order, withPlan, withWeight } from '../support/interventions.ts';

const baking = inPhase(phases.baking);
const healthy = someFacts(baking).canary;
const fewReady = { ...healthy, ready: 1, enough: false };

describe('readiness', () => {
  it('is waited for to the last millisecond, and no longer once it is there', () => {
    const at = (spentMs: number) => inPhase({ phase: 'preparing', spentMs });
    expect(decide(someFacts(at(minutes(5) - 1), { canary: fewReady }))).toMatchObject({ reason: 'StartingInstances' });
    expect(decide(someFacts(at(minutes(5)), { canary: fewReady }))).toMatchObject({ reason: 'NeverReady' });
    expect(decide(someFacts(at(minutes(6)))).kind).toBe('advance');
  });

  it('of a later step has its own limit, which counts the wait for instances and not the look at the traffic', () => {
    const at = (waitedMs: number) => inPhase({ ...phases.shifting, waitedMs, spentMs: minutes(20) });
    expect(decide(someFacts(at(minutes(10) - 1), { canary: fewReady }))).toMatchObject({ reason: 'StartingInstances' });
    expect(decide(someFacts(at(minutes(10)), { canary: fewReady }))).toMatchObject({ reason: 'ScaleTimeout' });
  });

  it('limits nothing once the canary is promoted', () => {
    const promoting = inPhase({ phase: 'promoting', spentMs: minutes(6) });
    expect(decide(someFacts(promoting, { canary: fewReady }))).toMatchObject({ reason: 'Promoting' });
  });

  it('no instance before there is traffic is a start, not a loss', () => {
    const none = { ...healthy, ready: 0, enough: false };
    const preparing = inPhase(phases.preparing);
    expect(decide(someFacts(preparing, { canary: none }))).toMatchObject({ reason: 'StartingInstances' });
    const unread = withWeight(preparing, { applied: null });
    expect(decide(someFacts(unread, { canary: none }))).toMatchObject({ reason: 'StartingInstances' });
  });
});

describe('a newer revision', () => {
  const superseded = (release: Release): Release => ({ ...release, supersededBy: 'v3' });
  const forbidden = (release: Release): Release => withPlan(superseded(release), { rollback: 'forbidden' });

  it.each([
    ['a promotion is finished first', superseded(inPhase(phases.promoting)), 'Promoting'],
    [
      'a promotion that is stuck makes way',
      superseded(inPhase({ phase: 'promoting', spentMs: minutes(10) })),
      'Superseded',
    ],
    ['what is promoted stays', superseded(inPhase(phases.watching)), 'Watching'],
    ['a rollback goes on', forbidden(inPhase(phases.rollingBack)), 'RollingBack'],
    ['what is over stays over', forbidden(inPhase(phases.rolledBack)), 'Finished'],
    ['forbidden: not before the word', forbidden(baking), 'SupersedeForbidden'],
    ['forbidden: no user ever met it', forbidden(inPhase(phases.preparing)), 'Superseded'],
    ['forbidden: the word was given', { ...forbidden(baking), orders: { ...noOrders, rollback: order } }, 'Superseded'],
  ])('%s', (_what, release, reason) => {
    expect(decide(someFacts(release))).toMatchObject({ reason });
  });

  it('is no word for a release that is only observed', () => {
    const observed: Release = { ...superseded(baking), mode: 'observe' };
    expect(decide(someFacts(observed, { verdicts: [breach()] }))).toMatchObject({ reason: 'WouldRollBack' });
  });
});

describe('time that ran out', () => {
  it('a blind canary without traffic harms nobody', () => {
    const blind = withPlan(inPhase(phases.preparing, { sight: blindFor(minutes(31)) }), { onBlind: 'rollback' });
    expect(decide(someFacts(blind))).toMatchObject({ kind: 'hold', reason: 'MetricsBlind' });
    expect(decide(someFacts(withWeight(blind, { applied: null })))).toMatchObject({ reason: 'MetricsBlind' });
  });

  it('goes back for a warning only where the plan says so, and only when it is late', () => {
    const goesBack = withPlan(baking, { onUnanswered: 'rollback' });
    expect(decide(someFacts(goesBack)).kind).toBe('advance');
    expect(decide(someFacts({ ...goesBack, investigations: [{ ...investigation, state: 'open' }] }))).toMatchObject({
      reason: 'InvestigationOpen',
    });
    expect(decide(someFacts({ ...baking, investigations: [investigation] }))).toMatchObject({
      reason: 'InvestigationOpen',
    });
  });

  it.each([
    ['an unanswered warning', withPlan({ ...baking, investigations: [investigation] }, { onUnanswered: 'rollback' })],
    ['the limit', withPlan({ ...baking, countedMs: minutes(120) }, { onLimit: 'rollback' })],
    ['a newer revision', { ...baking, mode: 'observe' as const, supersededBy: 'v3' }],
  ])('%s waits for the word without a latch: it may lift', (_what, release) => {
    const asked = withPlan(release, { rollback: 'ask' });
    expect(decide(someFacts(asked))).toMatchObject({ kind: 'hold', latch: null });
  });
});

describe("a person's order with a reason", () => {
  const ordered = (given: Partial<typeof order> = {}): Release => ({
    ...baking,
    orders: { ...noOrders, promote: { ...order, ...given } },
  });
  const doubt = [aVerdict({ kind: 'suspect', outcome: 'hold', reason: 'OutsideThreshold' })];

  it('goes over doubt and blindness; blanks are no reason', () => {
    expect(decide(someFacts(ordered(), { verdicts: doubt })).kind).toBe('advance');
    expect(decide(someFacts(ordered({ reason: '  ' }), { verdicts: doubt }))).toMatchObject({
      reason: 'OutsideThreshold',
    });
    expect(decide(someFacts({ ...ordered(), sight: blindFor(1_000) })).kind).toBe('advance');
  });
});

describe('what every critical rule must show', () => {
  const rules = {
    ...baking.rules,
    rules: [aRule(), aRule({ name: 'logins' }), aRule({ name: 'tried', dryRun: true })],
  };
  const two: Release = { ...baking, rules };
  const few = (reason: 'TooFewEvents' | 'BakeNotEnded') => aVerdict({ rule: 'logins', kind: 'inconclusive', reason });

  it('one by one: a pass of one is none of another; a rule that is only tried out is not asked', () => {
    const doubtful = [aVerdict(), few('TooFewEvents')];
    expect(decide(someFacts(two, { verdicts: doubtful }))).toMatchObject({ reason: 'TooFewEvents', rule: 'logins' });
    expect(decide(someFacts(two, { verdicts: [aVerdict(), aVerdict({ rule: 'logins' })] })).kind).toBe('advance');
  });

  it('nothing before the first traffic', () => {
    expect(decide(someFacts(inPhase(phases.preparing), { verdicts: [] })).kind).toBe('advance');
  });

  it.each([
    ['this rule at this step', [{ rule: 'logins', step: 0 }], 'advance'],
    ['this rule at another step', [{ rule: 'logins', step: 1 }], 'hold'],
    ['another rule at this step', [{ rule: 'error_rate', step: 0 }], 'hold'],
    ['none', [], 'hold'],
  ])('too little traffic was expected for %s', (_what, unjudgeable, kind) => {
    for (const reason of ['TooFewEvents', 'BakeNotEnded'] as const) {
      const facts = someFacts({ ...two, unjudgeable }, { verdicts: [aVerdict(), few(reason)] });
      expect(decide(facts).kind).toBe(kind);
    }
  });

  it('instead of evidence: enough instances, and that this is known', () => {
    const thin: Release = { ...two, unjudgeable: [{ rule: 'logins', step: 0 }] };
    const verdicts = [aVerdict(), few('TooFewEvents')];
    expect(decide(someFacts(thin, { verdicts, canary: { ...healthy, restarts: 1 } })).kind).toBe('hold');
  });
});
