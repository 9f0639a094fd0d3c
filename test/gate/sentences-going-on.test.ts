/** What the gate says when it waits for evidence or people, and when it goes on: word for word, for people decide by it. */
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/gate/facts.ts';
import { decide } from '../../src/gate/gate.ts';
import { aVerdict, breach, inPhase, phases, someFacts } from '../support/a-release.ts';
import { blindFor, investigation, minutes, personPause, withWeight } from '../support/interventions.ts';

type Said = readonly [reason: string, facts: Facts, message: string];

const baking = inPhase(phases.baking);
const preparing = inPhase(phases.preparing);

const suspicion = aVerdict({ kind: 'suspect', outcome: 'hold', reason: 'OutsideThreshold' });
const looked = {
  ...investigation,
  rule: 'error_rate',
  state: 'answered',
  answer: { who: 'ada', note: 'seen', atMs: 0 },
} as const;

const evidence: readonly Said[] = [
  [
    'MetricsBlind',
    someFacts({ ...baking, sight: blindFor(90_000) }),
    'The metrics do not answer since 12:00:00Z (1m30s): that time is no bake, and nothing is decided by silence. It goes on by itself; blindMax is 30m.',
  ],
  [
    'MetricsBlind',
    someFacts({ ...baking, sight: blindFor(0) }),
    'The metrics do not answer since 12:00:00Z (1ms): that time is no bake, and nothing is decided by silence. It goes on by itself; blindMax is 30m.',
  ],
  ['OutsideThreshold', someFacts(baking, { verdicts: [suspicion] }), 'error_rate 0.03 % over 5m, limit 0.1%.'],
  [
    'OutsideThreshold',
    someFacts({ ...baking, investigations: [looked] }, { verdicts: [suspicion] }),
    'error_rate 0.03 % over 5m, limit 0.1%. It was looked at; a critical rule is passed over by a promote with a reason only, abort takes it back.',
  ],
  [
    'EnvironmentBad',
    someFacts(
      { ...baking, investigations: [looked] },
      { verdicts: [breach({ outcome: 'hold', reason: 'EnvironmentBad' })] },
    ),
    'error_rate 5 %, limit 0.1%.',
  ],
  [
    'NoRules',
    someFacts({ ...preparing, rules: { ...preparing.rules, rules: [] } }),
    'No rule says what healthy means: nothing rises. Give it rules, and start it again.',
  ],
  ['NoVerdict', someFacts(baking, { verdicts: [] }), 'error_rate was not judged yet.'],
  [
    'TooFewEvents',
    someFacts(baking, { verdicts: [aVerdict({ kind: 'inconclusive', reason: 'TooFewEvents', message: 'too few' })] }),
    'too few. The step goes on until it passes, somebody promotes, or the limit is reached.',
  ],
  [
    'CheckFailed',
    someFacts(baking, {
      checks: [
        { name: 'smoke', state: 'passed', message: 'fine', onFail: 'hold' },
        { name: 'load', state: 'failed', message: 'slow', onFail: 'hold' },
      ],
    }),
    'Check load failed: slow. It is asked again; override it with a reason, or abort.',
  ],
  [
    'CheckPending',
    someFacts(baking, { checks: [{ name: 'smoke', state: 'pending', message: 'it runs', onFail: 'hold' }] }),
    'Check smoke has not passed yet: it runs.',
  ],
];

const people: readonly Said[] = [
  [
    'WeightOwnedByGitOps',
    someFacts(withWeight(baking, { ceiling: 10 }), {
      route: { fresh: true, applied: 10, problem: null, writer: { name: 'argocd-controller', ignore: 'ignore it so' } },
    }),
    'argocd-controller lowered the weight from 25 % to 10 %. It would again after a resume: let it leave the weights alone first (ignore it so). Abort takes the release back.',
  ],
  [
    'WeightLowered',
    someFacts(withWeight(baking, { ceiling: 10 }), {
      route: { fresh: true, applied: 10, problem: null, writer: { name: 'kubectl-edit', ignore: null } },
    }),
    'kubectl-edit lowered the weight from 25 % to 10 %. It stays there: resume raises it again, abort takes it back.',
  ],
  [
    'WeightLowered',
    someFacts(withWeight(baking, { ceiling: 10 })),
    'Somebody lowered the weight from 25 % to 10 %. It stays there: resume raises it again, abort takes it back.',
  ],
  [
    'Paused',
    someFacts({ ...baking, pauses: [{ ...personPause, by: 'blind', who: 'sluice' }, personPause] }),
    'Paused by ada since 12:00:00Z: lunch. Resume goes on.',
  ],
  [
    'Paused',
    someFacts({ ...baking, pauses: [{ ...personPause, reason: '' }] }),
    'Paused by ada since 12:00:00Z. Resume goes on.',
  ],
  [
    'InvestigationOpen',
    someFacts({ ...baking, investigations: [{ ...investigation, state: 'open', spentMs: minutes(5) }] }),
    'p95 is slow. Somebody must look at it, escalates in 10m: resume or abort.',
  ],
  [
    'InvestigationOpen',
    someFacts({ ...baking, investigations: [investigation] }),
    'p95 is slow. Somebody must look at it, unanswered for 16m, escalated: resume or abort.',
  ],
  [
    'InvestigationOpen',
    someFacts(baking, { verdicts: [aVerdict(), breach({ rule: 'response_time_p95', alert: 'warning' })] }),
    'error_rate 5 %, limit 0.1%. Somebody must look at it: resume or abort.',
  ],
  [
    'ApprovalPending',
    someFacts(baking, { missingApprovals: ['security', 'legal'] }),
    'Waits for approval: security, legal. Approve gives it, abort ends the release.',
  ],
  [
    'AwaitingOrder',
    someFacts({ ...baking, mode: 'advise' }),
    'Nothing objects to the next step, 50 %. This release only advises: promote takes it.',
  ],
  [
    'AwaitingOrder',
    someFacts({ ...baking, mode: 'advise', phase: { ...phases.baking, step: 2, bakedMs: minutes(30) } }),
    'Nothing objects to the next step, promotion. This release only advises: promote takes it.',
  ],
  [
    'Observing',
    someFacts({ ...baking, mode: 'observe' }),
    'Nothing objects to the next step. This release is only observed: whoever drives the rollout may go on.',
  ],
];

const goingOn: readonly Said[] = [
  ['StepPassed', someFacts(preparing), 'v2 is ready: the weight goes from 0 % to 25 %.'],
  [
    'StepPassed',
    someFacts(baking, {
      verdicts: [
        aVerdict({ reason: 'Proven' }),
        aVerdict({ rule: 'response_time_p95', alert: 'warning' }),
        aVerdict({ rule: 'cpu_usage', alert: 'warning', reason: 'Ignored' }),
        aVerdict({ rule: 'memory_usage', alert: 'warning', kind: 'inconclusive' }),
      ],
    }),
    'error_rate proven, response_time_p95 compatible at 25 %: the weight goes from 25 % to 50 %.',
  ],
  [
    'StepPassed',
    someFacts({ ...baking, rules: { ...baking.rules, rules: baking.rules.rules.slice(1) } }, { verdicts: [] }),
    'The step passed at 25 %: the weight goes from 25 % to 50 %.',
  ],
  [
    'PlanPassed',
    someFacts(inPhase({ ...phases.baking, step: 2, bakedMs: minutes(30) })),
    'error_rate compatible, response_time_p95 compatible at 100 %: v2 becomes stable.',
  ],
  [
    'FirstDeployment',
    someFacts({ ...preparing, stableRevision: null }),
    'v2 is ready, and nothing was stable before it.',
  ],
];

describe.each(Object.entries({ evidence, people, goingOn }))('%s', (_name, cases) => {
  it.each(cases)('%s', (reason, facts, message) => {
    expect(decide(facts)).toMatchObject({ reason, message });
  });
});
