import { describe, expect, it } from 'vitest';
import { decide } from '../../src/gate/gate.ts';
import type { Phase, Release } from '../../src/release/release.ts';
import { aCause, aVerdict, breach, inPhase, phases, someFacts, startMs } from '../support/a-release.ts';
import { investigation, minutes, noOrders, order, personPause, withPlan } from '../support/interventions.ts';

const baking = inPhase(phases.baking);

/** Everything that could make a release wait, all at once. */
const waitingForAll = (phase: Phase): Release => ({
  ...inPhase(phase),
  pauses: [personPause],
  investigations: [{ ...investigation, state: 'open' }],
  sight: { ...baking.sight, blindMs: minutes(10), blindSinceMs: startMs },
  countedMs: minutes(121),
});

const canFail = ['preparing', 'shifting', 'baking', 'promoting', 'watching'] as const;

describe('rollback outranks every reason to wait', () => {
  const notLive = { fresh: false, applied: null, problem: 'down', writer: null } as const;

  it.each(canFail)('a breach while %s, paused, blind, investigated, over its limit, with an unknown route', (name) => {
    const facts = someFacts(waitingForAll(phases[name]), {
      verdicts: [breach()],
      route: notLive,
      checks: [{ name: 'smoke', state: 'pending', message: 'runs', onFail: 'hold' }],
      missingApprovals: ['security'],
    });
    expect(decide(facts)).toMatchObject({ kind: 'rollback', reason: 'Breach', rule: 'error_rate' });
  });

  it.each(canFail)('an abort while %s, whatever the plan says of rollbacks', (name) => {
    for (const rollback of ['auto', 'ask', 'forbidden'] as const) {
      const release = withPlan(waitingForAll(phases[name]), { rollback });
      const facts = someFacts({ ...release, orders: { ...noOrders, abort: order } }, { route: notLive });
      expect(decide(facts)).toMatchObject({ kind: 'rollback', reason: 'Aborted' });
    }
  });

  it.each(['shifting', 'baking', 'promoting', 'watching'] as const)('a canary lost while %s', (name) => {
    const lost = { ...someFacts(baking).canary, ready: 0, enough: false };
    const release = waitingForAll(phases[name]);
    expect(decide(someFacts(release, { canary: lost }))).toMatchObject({ kind: 'rollback', reason: 'CanaryLost' });
    expect(decide(someFacts(release, { canary: { ...lost, known: false } })).kind).toBe('hold');
  });

  it.each(canFail)('a latch while %s, with calm verdicts now', (name) => {
    const release = { ...waitingForAll(phases[name]), latch: aCause };
    expect(decide(someFacts(release))).toMatchObject({ kind: 'rollback', reason: 'Breach' });
  });

  it.each(['rollingBack', 'succeeded', 'rolledBack', 'failed'] as const)('%s is not rolled back again', (name) => {
    const facts = someFacts(inPhase(phases[name]), { verdicts: [breach()] });
    expect(decide(facts).kind).toBe('hold');
  });

  it('a paused failing canary goes back, a paused healthy one stays', () => {
    const paused = { ...baking, pauses: [personPause] };
    expect(decide(someFacts(paused, { verdicts: [breach()] })).kind).toBe('rollback');
    expect(decide(someFacts(paused))).toMatchObject({ kind: 'hold', reason: 'Paused' });
  });
});

describe('what does not roll back', () => {
  it.each([
    ['a warning', breach({ rule: 'response_time_p95', alert: 'warning' }), 'InvestigationOpen'],
    ['the environment', breach({ outcome: 'hold', reason: 'EnvironmentBad' }), 'EnvironmentBad'],
    ['suspicion', aVerdict({ kind: 'suspect', outcome: 'hold', reason: 'OutsideThreshold' }), 'OutsideThreshold'],
  ])('%s holds', (_what, verdict, reason) => {
    expect(decide(someFacts(baking, { verdicts: [aVerdict(), verdict] }))).toMatchObject({ kind: 'hold', reason });
  });

  it.each([
    ['an advisory breach', breach({ advisory: true, rule: 'tried_out' })],
    ['information', breach({ alert: 'info', rule: 'noise' })],
  ])('%s changes nothing', (_what, verdict) => {
    expect(decide(someFacts(baking, { verdicts: [aVerdict(), verdict] })).kind).toBe('advance');
  });

  it('a warning that a person has answered holds no longer, nor opens again', () => {
    const answer = { who: 'ada', note: 'known', atMs: startMs };
    const release: Release = { ...baking, investigations: [{ ...investigation, state: 'answered', answer }] };
    const verdicts = [aVerdict(), breach({ rule: 'response_time_p95', alert: 'warning' })];
    expect(decide(someFacts(release, { verdicts })).kind).toBe('advance');
  });
});

describe('rollback: ask, forbidden; mode: advise, observe', () => {
  it.each([
    ['ask', withPlan(baking, { rollback: 'ask' }), 'RollbackAwaitsOrder'],
    ['forbidden', withPlan(baking, { rollback: 'forbidden' }), 'RollbackForbidden'],
    ['advise', { ...baking, mode: 'advise' }, 'RollbackAwaitsOrder'],
    ['observe', { ...baking, mode: 'observe' }, 'WouldRollBack'],
  ] as const)('%s latches a breach and waits for the word', (_what, release, reason) => {
    const verdicts = [breach()];
    expect(decide(someFacts(release, { verdicts }))).toMatchObject({
      kind: 'hold',
      reason,
      latch: { reason: 'Breach' },
    });
    const said = { ...release, latch: aCause, orders: { ...noOrders, rollback: order } };
    expect(decide(someFacts(said))).toMatchObject({ kind: 'rollback', reason: 'Breach' });
  });

  it('a canary that never had traffic needs no word', () => {
    const late = withPlan(inPhase({ phase: 'preparing', spentMs: minutes(6) }), { rollback: 'forbidden' });
    const starting = { ...someFacts(late).canary, ready: 1, enough: false };
    expect(decide(someFacts(late, { canary: starting }))).toMatchObject({ kind: 'rollback', reason: 'NeverReady' });
  });

  it('an outage under ask waits without latching: it may pass', () => {
    const sight = { ...baking.sight, blindMs: minutes(31), blindSinceMs: startMs };
    const blind = withPlan(inPhase({ ...phases.baking, step: 1 }, { sight }), { rollback: 'ask' });
    expect(decide(someFacts(blind))).toMatchObject({ kind: 'hold', latch: null });
  });

  it('a newer revision is the word where it is asked for, not where it is forbidden', () => {
    const superseded = { ...baking, supersededBy: 'v3' };
    expect(decide(someFacts(withPlan(superseded, { rollback: 'ask' }))).kind).toBe('rollback');
    expect(decide(someFacts(withPlan(superseded, { rollback: 'forbidden' })))).toMatchObject({
      kind: 'hold',
      reason: 'SupersedeForbidden',
    });
  });

  it('a newer revision is no word for a breach where a rollback is forbidden', () => {
    const forbidden = withPlan({ ...baking, supersededBy: 'v3' }, { rollback: 'forbidden' });
    const verdicts = [breach()];
    expect(decide(someFacts(forbidden, { verdicts }))).toMatchObject({ kind: 'hold', reason: 'RollbackForbidden' });
    const asked = withPlan({ ...baking, supersededBy: 'v3' }, { rollback: 'ask' });
    expect(decide(someFacts(asked, { verdicts }))).toMatchObject({ kind: 'rollback', reason: 'Breach' });
  });

  it('advise takes each rise on an order', () => {
    const advised: Release = { ...baking, mode: 'advise', orders: { ...noOrders, promote: order } };
    expect(decide(someFacts(advised)).kind).toBe('advance');
  });
});
