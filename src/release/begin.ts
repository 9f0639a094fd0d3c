/** A new release of a revision, or why there is none. */
import { formatDuration } from '../lib/duration.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { emptyMemory } from '../metrics/counter-memory.ts';
import type { RuleSet } from '../rules/rule.ts';
import type { Dispersion, JudgeSettings } from '../verdict/settings.ts';
import type { RevisionSpec } from '../workload/revision-spec.ts';
import { demanded } from './approval.ts';
import type { ApprovalDemand } from './approval-demand.ts';
import { type CheckDemand, checksOf } from './check-demand.ts';
import { freezeOf } from './frozen-revisions.ts';
import { type GateDemand, gatesOf } from './gate-demand.ts';
import type { Change, LogEntry } from './log.ts';
import { type OwnRollback, ownRollbackNotes, ownRollbackProblem, withOwnRollback } from './own-rollback.ts';
import type { Plan } from './plan.ts';
import { planProblems } from './plan-problems.ts';
import type { Release, WeightBook } from './release.ts';
import { fullSight } from './sight.ts';
import { noteLines, type StartNote } from './start-note.ts';
import { smallSteps } from './step-size.ts';
import type { PolicyState } from './store.ts';
import type { Task } from './task.ts';

export interface Beginning {
  readonly id: string;
  readonly state: PolicyState;
  readonly revision: string;
  readonly spec: RevisionSpec;
  readonly plan: Plan;
  readonly rules: RuleSet;
  /** A set without a critical rule is refused unless the policy accepts it. */
  readonly noCritical: 'refused' | 'accepted';
  readonly judge: Omit<JudgeSettings, 'rules'>;
  readonly mode: Release['mode'];
  readonly compression: number;
  /** Critical rules that too little traffic makes impossible to judge, by step; empty: all can be judged. */
  readonly unjudgeable: Release['unjudgeable'];
  /** What each step will be able to tell, in sentences; left out: it can't be told. */
  readonly outlook?: readonly string[];
  /** What the service's history says; left out: nothing is known of it. */
  readonly known?: Known;
  /** What must be so before its first traffic; left out: nothing. */
  readonly gates?: readonly GateDemand[];
  /** What people must say before its first traffic; left out: nothing. */
  readonly approvals?: readonly ApprovalDemand[];
  /** What a person said about the rollback of this one; left out: it goes by its plan. */
  readonly ownRollback?: OwnRollback | null;
  /** What is asked on its way; left out: nothing. */
  readonly checks?: readonly CheckDemand[];
  /** What people do afterwards; left out: nothing. */
  readonly tasks?: readonly Task[];
  readonly startedBy: string;
  readonly nowMs: number;
}

export interface Known {
  /** By rule; a rule that is left out goes by `judge`. */
  readonly dispersion: Readonly<Record<string, Dispersion>>;
  readonly notes: readonly StartNote[];
}

const nothingKnown: Known = { dispersion: {}, notes: [] };

/** Fails with `RevisionFrozen`, `AlreadyStable`, `ReasonMissing`, `NotIdentified`, `NotAllowed`, `ObservesOnly`, `PlanInvalid`, `TooFewReplicas`, `NoRules`, `NoCriticalRule`, or `Unjudgeable`. */
export function begin(beginning: Beginning): Result<Change<Release>> {
  for (const objection of objections) {
    const problem = objection(beginning);
    if (problem !== null) return failed(problem);
  }
  const release = newRelease(beginning);
  const { revision, plan, rules, startedBy, nowMs } = beginning;
  const way = plan.steps.map(({ weight, bakeMs }) => `${weight} % for ${formatDuration(bakeMs)}`).join(', ');
  const message = `release of ${revision} begun by ${startedBy}: ${way}; back to ${release.stableRevision ?? 'nothing, it is the first'} if it fails`;
  const data = { revision, stable: release.stableRevision, rules: rules.hash, who: startedBy };
  const started: LogEntry = { atMs: nowMs, kind: 'action', reason: 'ReleaseStarted', message, data };
  return ok({
    release,
    log: [started, ...foreseen(beginning), ...noteLines(release.notes, nowMs), ...tooLittle(beginning)],
  });
}

const foreseen = ({ nowMs, outlook = [] }: Beginning): readonly LogEntry[] =>
  outlook.map((message) => ({ atMs: nowMs, kind: 'event', reason: 'Outlook', message, data: {} }));

/** Said at the start, so that nobody waits for evidence that can't come. */
function tooLittle({ nowMs, plan, unjudgeable }: Beginning): readonly LogEntry[] {
  if (unjudgeable.length === 0) return [];
  const where = unjudgeable.map(({ rule, step }) => `${rule} at ${plan.steps[step]?.weight ?? '?'} %`).join(', ');
  const instead =
    plan.whenUnjudgeable === 'checks'
      ? 'those steps go on by readiness and checks, and by no breach'
      : 'those steps go on until they have seen enough, or somebody promotes';
  const message = `too little traffic now to judge ${where} within the bake: ${instead}`;
  return [{ atMs: nowMs, kind: 'event', reason: 'TooLittleTraffic', message, data: { steps: unjudgeable.length } }];
}

type Objection = (beginning: Beginning) => Problem | null;

const problem = (reason: string, message: string): Problem => ({ reason, message, retryable: false });

const objections: readonly Objection[] = [
  ({ revision, state }) =>
    state.stable === revision
      ? problem('AlreadyStable', `revision ${revision} serves ${state.policy} already: there is nothing to release`)
      : null,
  ({ revision, state }) => {
    const freeze = freezeOf(state, revision);
    if (freeze === 'no') return null;
    const why =
      freeze === 'yes'
        ? 'failed before and is frozen: retry its release, or release another revision'
        : 'failed long ago and is frozen, or its name can not be told from one that is: release it under another name';
    return problem('RevisionFrozen', `revision ${revision} of ${state.policy} ${why}`);
  },
  ({ mode, revision, spec }) =>
    mode === 'observe' && spec.kind !== 'endpoints'
      ? problem(
          'ObservesOnly',
          `mode observe starts nothing and changes nothing: name the instances of ${revision} that run already (--endpoint)`,
        )
      : null,
  ({ plan }) => {
    const problems = planProblems(plan);
    return problems.length === 0 ? null : problem('PlanInvalid', problems.join('; '));
  },
  ({ plan, spec, state }) => {
    // A canary of endpoints that exist is as large as they are.
    const small = spec.kind === 'endpoints' ? [] : smallSteps(plan, stableSize(state, spec));
    const messages = small.map(({ message, step }) => `step ${step + 1}: ${message}`);
    return messages.length === 0 ? null : problem('TooFewReplicas', messages.join('; '));
  },
  ({ ownRollback = null, plan }) => ownRollbackProblem(plan, ownRollback),
  ({ rules }) =>
    rules.rules.length === 0
      ? problem('NoRules', `${rules.file} has no rule: nothing would say what healthy means`)
      : null,
  ({ noCritical, rules }) =>
    noCritical === 'accepted' || rules.rules.some(({ alert, dryRun }) => alert === 'critical' && !dryRun)
      ? null
      : problem(
          'NoCriticalRule',
          `${rules.file} has no critical rule: nothing would ever roll back; make one critical, or say in the policy that none is wanted`,
        ),
  ({ plan, unjudgeable }) =>
    plan.whenUnjudgeable === 'refuse' && unjudgeable.length > 0
      ? problem(
          'Unjudgeable',
          `too little traffic to judge ${unjudgeable.map(({ rule, step }) => `${rule} at step ${step + 1}`).join(', ')}, and the plan refuses that`,
        )
      : null,
];

/** How many instances the canary is measured against: stable's, or its own where there is none. */
function stableSize({ revisions, stable }: PolicyState, own: RevisionSpec): number {
  return sizeOf((stable === null ? undefined : revisions[stable]) ?? own);
}

const sizeOf = (spec: RevisionSpec): number => (spec.kind === 'endpoints' ? new Set(spec.urls).size : spec.replicas);

function newRelease({ id, state, rules, judge, nowMs, ...given }: Beginning): Release {
  const { compression, known = nothingKnown, mode, ownRollback = null, plan, revision } = given;
  const { spec, startedBy, unjudgeable } = given;
  return {
    id,
    policy: state.policy,
    revision,
    stableRevision: state.stable,
    size: {
      // Pods are as many as the service runs now: a revision that comes back may be noted with as many as it had long ago.
      baseline: spec.kind === 'pods' ? stableSize(state, spec) : sizeOf(spec),
      fixed: spec.kind === 'endpoints',
    },
    mode,
    startedAtMs: nowMs,
    updatedAtMs: nowMs,
    startedBy,
    plan: withOwnRollback(plan, ownRollback),
    ownRollback,
    rules,
    judge: { ...judge, rules: rules.rules.length },
    ...known,
    notes: [...known.notes, ...ownRollbackNotes(plan, ownRollback)],
    unjudgeable,
    compression,
    gates: gatesOf(given.gates ?? []),
    approvals: demanded(given.approvals ?? []),
    checks: checksOf(given.checks ?? []),
    tasks: given.tasks ?? [],
    ...untouched,
  };
}

const noWeight: WeightBook = {
  desired: 0,
  applied: null,
  reached: 0,
  appliedAtMs: null,
  observedPercent: null,
  observedRequests: 0,
  raisedAtMs: null,
  firstTrafficAtMs: null,
  contested: 0,
  ceiling: null,
  routeObject: null,
  routerStartedAtMs: null,
  seenByEpoch: null,
};

/** Nothing was decided, said or seen yet. */
const untouched = {
  version: 0,
  format: 1,
  phase: { phase: 'preparing', spentMs: 0 },
  weight: noWeight,
  pauses: [],
  orders: { abort: null, promote: null, promoteFull: null, rollback: null },
  investigations: [],
  latch: null,
  waiting: null,
  sight: fullSight,
  countedMs: 0,
  evidence: { rules: {}, memory: emptyMemory },
  verdicts: [],
  traffic: null,
  calledFalseAlarm: null,
  rollbackPoint: null,
  supersededBy: null,
  successorRollback: null,
} as const satisfies Partial<Release>;
