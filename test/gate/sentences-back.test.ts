/** What the gate says when it takes a canary back, or runs out of time: word for word, for people decide by it. */
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/gate/facts.ts';
import { decide } from '../../src/gate/gate.ts';
import { aCause, breach, inPhase, phases, someFacts } from '../support/a-release.ts';
import { blindFor, investigation, minutes, noOrders, order, withPlan, withWeight } from '../support/interventions.ts';

type Said = readonly [reason: string, facts: Facts, message: string];

const baking = inPhase(phases.baking);
const healthy = someFacts(baking).canary;

const fewReady = { ...healthy, ready: 1, enough: false };

const against: readonly Said[] = [
  ['Breach', someFacts(baking, { verdicts: [breach()] }), 'error_rate 5 %, limit 0.1%.'],
  ['Aborted', someFacts({ ...baking, orders: { ...noOrders, abort: order } }), 'ada aborted it: "watched it".'],
  [
    'Aborted',
    someFacts({ ...baking, orders: { ...noOrders, abort: { ...order, reason: '' } } }),
    'ada aborted it: no reason given.',
  ],
  ['Superseded', someFacts({ ...baking, supersededBy: 'v3' }), 'v2 makes way for v3, which was started after it.'],
  [
    'SupersedeForbidden',
    someFacts(withPlan({ ...baking, supersededBy: 'v3' }, { rollback: 'forbidden' })),
    'v2 makes way for v3, which was started after it. The plan forbids to take it back by itself: "abort" does, then v3 starts.',
  ],
  [
    'CanaryLost',
    someFacts(baking, { canary: { ...healthy, failure: { reason: 'CrashLoop', message: 'it exits with 1' } } }),
    "The new revision's instances failed (CrashLoop): it exits with 1.",
  ],
  [
    'CanaryLost',
    someFacts(baking, { canary: { ...healthy, ready: 0, enough: false } }),
    "None of the new revision's instances is ready, and users are sent to it.",
  ],
  [
    'TrafficContested',
    someFacts(withWeight(baking, { contested: 3 })),
    'The weight was raised by somebody else 3 times and put back each time. Find out who writes the route, then retry.',
  ],
  [
    'WouldRollBack',
    someFacts({ ...baking, mode: 'observe' }, { verdicts: [breach()] }),
    'error_rate 5 %, limit 0.1%. This release is only observed, so nothing is changed: whoever drives the rollout should take it back now.',
  ],
  [
    'RollbackAwaitsOrder',
    someFacts({ ...baking, mode: 'advise' }, { verdicts: [breach()] }),
    'error_rate 5 %, limit 0.1%. This release only advises: say "abort" to take it back. The weight does not rise any more.',
  ],
  [
    'RollbackAwaitsOrder',
    someFacts(withPlan(baking, { rollback: 'ask' }), { verdicts: [breach()] }),
    'error_rate 5 %, limit 0.1%. The plan asks before a rollback: say "abort" to take it back. The weight does not rise any more.',
  ],
  [
    'RollbackForbidden',
    someFacts(withPlan(baking, { rollback: 'forbidden' }), { verdicts: [breach()] }),
    'error_rate 5 %, limit 0.1%. The plan forbids a rollback by itself: "abort" takes it back all the same, or release a revision that mends it. The weight does not rise any more.',
  ],
  [
    'NothingToGoBackTo',
    someFacts({ ...inPhase(phases.watching), stableRevision: null }, { verdicts: [breach()] }),
    'error_rate 5 %, limit 0.1%. This is the first revision, nothing was stable before it: release one that is better.',
  ],
];

const deadlines: readonly Said[] = [
  [
    'NeverReady',
    someFacts(inPhase({ ...phases.preparing, spentMs: minutes(5) }), { canary: fewReady }),
    '1 of 4 instances are ready after 5m, readyWithin is 5m. Look at their output.',
  ],
  [
    'ScaleTimeout',
    someFacts(inPhase({ ...phases.shifting, waitedMs: minutes(10) }), { canary: fewReady }),
    '1 of 4 instances are ready for the next step after 10m, scaleWithin is 10m. Look at their output.',
  ],
  [
    'BlindTooLong',
    someFacts(inPhase({ ...phases.baking, step: 1 }, { sight: blindFor(minutes(30)) })),
    'The metrics have not answered for 30m at 50 %, blindMax is 30m. Bring them back, then retry.',
  ],
  [
    'InvestigationUnanswered',
    someFacts(withPlan({ ...baking, investigations: [investigation] }, { onUnanswered: 'rollback' })),
    'Nobody answered for response_time_p95 in 16m: p95 is slow.',
  ],
  [
    'LimitReached',
    someFacts({ ...baking, countedMs: minutes(120) }),
    'It is under way for 2h, its limit is 2h. It goes no further by itself: promote or abort.',
  ],
  [
    'LimitReached',
    someFacts({ ...baking, countedMs: minutes(120), waiting: { ...aCause, message: 'error_rate needs more.' } }),
    'It is under way for 2h, its limit is 2h. It was waiting: error_rate needs more. It goes no further by itself: promote or abort.',
  ],
  [
    'LimitReached',
    someFacts({ ...baking, countedMs: minutes(121), waiting: { ...aCause, reason: 'LimitReached' } }),
    'It is under way for 2h1m, its limit is 2h. It goes no further by itself: promote or abort.',
  ],
  [
    'LimitReached',
    someFacts(withPlan({ ...baking, countedMs: minutes(120) }, { onLimit: 'rollback' })),
    'It is under way for 2h, its limit is 2h.',
  ],
];

describe.each(Object.entries({ against, deadlines }))('%s', (_name, cases) => {
  it.each(cases)('%s', (reason, facts, message) => {
    expect(decide(facts)).toMatchObject({ reason, message });
  });
});
