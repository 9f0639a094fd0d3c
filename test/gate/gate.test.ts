import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/gate/facts.ts';
import { type Check, decide, decideBy, gate } from '../../src/gate/gate.ts';
import type { Phase, Release } from '../../src/release/release.ts';
import { aCause, aRelease, aVerdict, breach, inPhase, phases, someFacts, startMs } from '../support/a-release.ts';

const minutes = (n: number): number => n * 60_000;
const order = { who: 'ada', reason: 'watched it', atMs: startMs, step: 0 };
const noOrders = { abort: null, promote: null, promoteFull: null, rollback: null };
const personPause = { by: 'person', who: 'ada', reason: 'lunch', sinceMs: startMs } as const;
const investigation = {
  rule: 'response_time_p95',
  openedAtMs: startMs,
  spentMs: minutes(16),
  message: 'p95 is slow',
  state: 'escalated',
  answer: null,
} as const;

const withPlan = (release: Release, plan: Partial<Release['plan']>): Release => ({
  ...release,
  plan: { ...release.plan, ...plan },
});
const withWeight = (release: Release, weight: Partial<Release['weight']>): Release => ({
  ...release,
  weight: { ...release.weight, ...weight },
});
const baking = inPhase(phases.baking);

/** For each check a situation that it alone decides. */
const decidedBy: Readonly<Record<string, Facts>> = {
  breached: someFacts(baking, { verdicts: [breach()] }),
  aborted: someFacts({ ...baking, orders: { ...noOrders, abort: order } }),
  superseded: someFacts({ ...baking, supersededBy: 'v3' }),
  canaryLost: someFacts(baking, {
    canary: { ...someFacts(baking).canary, failure: { reason: 'CrashLoop', message: 'it exits with 1' } },
  }),
  contested: someFacts(withWeight(baking, { contested: 3 })),
  neverReady: someFacts(inPhase({ phase: 'preparing', spentMs: minutes(6) }), {
    canary: { ...someFacts(baking).canary, ready: 1, enough: false },
  }),
  blindTooLong: someFacts(
    inPhase(
      { ...phases.baking, step: 1, bakedMs: minutes(15) },
      {
        sight: { ...baking.sight, blindMs: minutes(31), blindSinceMs: startMs },
      },
    ),
  ),
  unanswered: someFacts(withPlan({ ...baking, investigations: [investigation] }, { onUnanswered: 'rollback' })),
  limitReached: someFacts({ ...baking, countedMs: minutes(121) }),
  finished: someFacts(inPhase(phases.watching)),
  drifted: someFacts(withWeight(baking, { ceiling: 25 })),
  paused: someFacts({ ...baking, pauses: [personPause] }),
  investigating: someFacts({ ...baking, investigations: [{ ...investigation, state: 'open' }] }),
  blind: someFacts({ ...baking, sight: { ...baking.sight, blindMs: 1_000, blindSinceMs: startMs } }),
  suspected: someFacts(baking, {
    verdicts: [aVerdict(), aVerdict({ rule: 'response_time_p95', alert: 'warning', kind: 'suspect', outcome: 'hold' })],
  }),
  weightNotLive: someFacts(baking, { route: { fresh: false, applied: 25, problem: 'no answer', drift: null } }),
  stillBaking: someFacts(inPhase({ ...phases.baking, bakedMs: minutes(9) })),
  unproven: someFacts(baking, { verdicts: [aVerdict({ kind: 'inconclusive', reason: 'TooFewEvents' })] }),
  checksPending: someFacts(baking, { checks: [{ name: 'smoke', state: 'pending', message: 'it runs' }] }),
  approvalPending: someFacts(baking, { missingApprovals: ['security'] }),
  orderAwaited: someFacts({ ...baking, mode: 'advise' }),
  onlyObserving: someFacts({ ...baking, mode: 'observe' }),
};

const without = (name: string): readonly Check[] => gate.filter((check) => check.name !== name);

describe('the gate', () => {
  it('lets a healthy step go on', () => {
    expect(decide(someFacts(baking))).toMatchObject({ kind: 'advance', reason: 'StepPassed' });
    expect(decide(someFacts(inPhase({ ...phases.baking, step: 2, bakedMs: minutes(30) })))).toMatchObject({
      kind: 'promote',
    });
    expect(decide(someFacts(inPhase(phases.preparing)))).toMatchObject({ kind: 'advance' });
  });

  it('has a situation here for every check', () => {
    expect(Object.keys(decidedBy).toSorted()).toEqual(gate.map(({ name }) => name).toSorted());
  });

  it.each(gate.map(({ name }) => name))('decides otherwise without %s', (name) => {
    const facts = decidedBy[name]!;
    const decision = decide(facts);
    expect(['hold', 'rollback']).toContain(decision.kind);
    expect(decideBy(without(name), facts)).not.toEqual(decision);
  });

  it.each(Object.entries(decidedBy))('says in a sentence what %s found, and what to do', (_name, facts) => {
    const { message, reason } = decide(facts);
    expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(message).toMatch(/^\S.{20,}\.$/s);
    expect(message).not.toMatch(/undefined|NaN|\[object/);
  });

  it('leaves a first deployment, which has no stable, nothing to split: it is promoted when ready', () => {
    const first = { ...inPhase(phases.preparing), stableRevision: null };
    expect(decide(someFacts(first))).toMatchObject({ kind: 'promote', reason: 'FirstDeployment' });
    const watching = { ...inPhase(phases.watching), stableRevision: null };
    expect(decide(someFacts(watching, { verdicts: [breach()] }))).toMatchObject({
      kind: 'hold',
      reason: 'NothingToGoBackTo',
      latch: { rule: 'error_rate' },
    });
  });
});

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
  const notLive = { fresh: false, applied: null, problem: 'down', drift: { by: 'gitops', to: 10 } } as const;

  it.each(canFail)('a breach while %s, paused, blind, investigated, over its limit, with an unknown route', (name) => {
    const facts = someFacts(waitingForAll(phases[name]), {
      verdicts: [breach()],
      route: notLive,
      checks: [{ name: 'smoke', state: 'pending', message: 'runs' }],
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
    const facts = { ...decidedBy['neverReady']! };
    const asked = { ...facts, release: withPlan(facts.release, { rollback: 'forbidden' }) };
    expect(decide(asked)).toMatchObject({ kind: 'rollback', reason: 'NeverReady' });
  });

  it('an outage under ask waits without latching: it may pass', () => {
    const facts = decidedBy['blindTooLong']!;
    const asked = { ...facts, release: withPlan(facts.release, { rollback: 'ask' }) };
    expect(decide(asked)).toMatchObject({ kind: 'hold', latch: null });
  });

  it('a newer revision is the word where it is asked for, not where it is forbidden', () => {
    const superseded = { ...baking, supersededBy: 'v3' };
    expect(decide(someFacts(withPlan(superseded, { rollback: 'ask' }))).kind).toBe('rollback');
    expect(decide(someFacts(withPlan(superseded, { rollback: 'forbidden' })))).toMatchObject({
      kind: 'hold',
      reason: 'SupersedeForbidden',
    });
  });

  it('advise takes each rise on an order', () => {
    const advised: Release = { ...baking, mode: 'advise', orders: { ...noOrders, promote: order } };
    expect(decide(someFacts(advised)).kind).toBe('advance');
  });
});

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
