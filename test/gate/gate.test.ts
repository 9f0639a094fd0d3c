import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/gate/facts.ts';
import { type Check, decide, decideBy, gate } from '../../src/gate/gate.ts';
import { gatesOf, rollbackPointGate } from '../../src/release/gate-demand.ts';
import { aVerdict, breach, inPhase, phases, someFacts, startMs } from '../support/a-release.ts';
import {
  investigation,
  minutes,
  noOrders,
  order,
  personPause,
  withPlan,
  withWeight,
} from '../support/interventions.ts';

const baking = inPhase(phases.baking);

/** For each check a situation that it alone decides. */
const decidedBy: Readonly<Record<string, Facts>> = {
  breached: someFacts(baking, { verdicts: [breach()] }),
  aborted: someFacts({ ...baking, orders: { ...noOrders, abort: order } }),
  superseded: someFacts({ ...baking, supersededBy: 'v3' }),
  canaryLost: someFacts(baking, {
    canary: { ...someFacts(baking).canary, failure: { reason: 'CrashLoop', message: 'it exits with 1' } },
  }),
  checkFailed: someFacts(baking, {
    checks: [{ name: 'smoke', state: 'failed', message: 'it answered 500', onFail: 'rollback' }],
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
  weightNotLive: someFacts(baking, { route: { fresh: false, applied: 25, problem: 'no answer', writer: null } }),
  stillBaking: someFacts(inPhase({ ...phases.baking, bakedMs: minutes(9) })),
  unproven: someFacts(baking, { verdicts: [aVerdict({ kind: 'inconclusive', reason: 'TooFewEvents' })] }),
  checksPending: someFacts(baking, {
    checks: [{ name: 'smoke', state: 'pending', message: 'it runs', onFail: 'hold' }],
  }),
  gateClosed: someFacts({
    ...inPhase(phases.preparing),
    gates: gatesOf([{ kind: 'attested', name: 'tests', overrideBy: [], by: [], require: [] }]),
  }),
  approvalPending: someFacts(baking, { missingApprovals: ['security'] }),
  orderAwaited: someFacts({ ...baking, mode: 'advise' }),
  rollbackPointMissing: someFacts(
    { ...inPhase(phases.preparing), gates: gatesOf([rollbackPointGate({ overrideBy: [] })]) },
    { canary: { ...someFacts(baking).canary, ready: 0, enough: false } },
  ),
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
