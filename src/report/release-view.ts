/** One release as everybody sees it: the API answers it, the command line and the page draw it. Pure, plain JSON. */
import { type FalseAlarm, falseAlarm } from '../gate/false-alarm.ts';
import type { LogEntry } from '../release/log.ts';
import { isOver } from '../release/phase.ts';
import type { Cause, Investigation, Orders, Pause, PhaseName, Release, Sight } from '../release/release.ts';
import type { PolicyState } from '../release/store.ts';
import { type TrendState, trendState } from './after/trend-state.ts';
import { type Attention, attentionOf } from './attention.ts';
import { checklistOf } from './checklist.ts';
import type { ChecklistItem } from './checklist-item.ts';
import { type NextMove, nextMove } from './next-move.ts';
import { type Offer, offers } from './offers.ts';
import { type RollbackView, rollbackView } from './rollback-view.ts';
import { type RuleView, ruleViews } from './rule-view.ts';
import { runningStep, type StepView, stepViews } from './step-view.ts';
import { type TaskView, tasksOf } from './tasks.ts';

export interface ReleaseView {
  readonly id: string;
  readonly policy: string;
  readonly revision: string;
  readonly stableRevision: string | null;
  readonly mode: Release['mode'];
  readonly phase: PhaseName;
  /** `succeeded` from the promotion on: the watch goes on after it. */
  readonly result: 'running' | 'succeeded' | 'rolledBack' | 'failed';
  readonly ended: boolean;
  /** The step that runs, counted from 1; null outside the steps. */
  readonly step: number | null;
  readonly steps: readonly StepView[];
  readonly weight: WeightView;
  readonly instances: InstanceCounts | null;
  readonly next: NextMove;
  readonly attention: Attention | null;
  /** What a person may order now, and what each order does. */
  readonly actions: readonly Offer[];
  readonly waiting: Cause | null;
  readonly rules: readonly RuleView[];
  readonly ruleSet: { readonly file: string; readonly hash: string };
  readonly falseAlarm: FalseAlarm;
  /** What was noticed at the start: a limit that stable does not keep, bursts, a rule that nothing measures. */
  readonly notes: Release['notes'];
  /** Critical rules that have too little traffic to be judged at a step (index into `steps`): the step goes on by its checks. */
  readonly unjudgeable: Release['unjudgeable'];
  readonly pauses: readonly Pause[];
  readonly investigations: readonly Investigation[];
  /** What must be there before the first traffic, in the order in which it is asked for. */
  readonly checklist: readonly ChecklistItem[];
  /** Whether trends of it are recorded after its promotion, and until when; null: none are. */
  readonly trend: TrendState | null;
  /** What people do afterwards, and who has. */
  readonly tasks: readonly TaskView[];
  readonly orders: Orders;
  readonly latch: Cause | null;
  readonly rollback: RollbackView | null;
  /** Why it ended otherwise than well; null while it runs, and after a success. */
  readonly cause: Cause | null;
  readonly supersededBy: string | null;
  /** This revision failed and is not started again before a `retry`. */
  readonly frozen: boolean;
  readonly sight: Sight;
  readonly times: TimesView;
  /** Every duration of plan and rules was divided by this. */
  readonly compression: number;
  /** What each step was going to see, as it was reckoned at the start. */
  readonly outlook: readonly string[];
  /** Newest last. */
  readonly recent: readonly LogEntry[];
}

/** Percent of the requests that go to the canary. */
export interface WeightView {
  readonly desired: number;
  readonly applied: number | null;
  readonly observedPercent: number | null;
  readonly observedRequests: number;
}

export interface InstanceCounts {
  readonly stable: { readonly ready: number; readonly wanted: number };
  readonly canary: { readonly ready: number; readonly wanted: number };
}

/** Epoch ms, by the controller's clock. */
export interface TimesView {
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly startedBy: string;
  readonly endedAtMs: number | null;
  /** Counted towards the plan's limit. */
  readonly countedMs: number;
  readonly maxDurationMs: number;
}

export interface ViewInput {
  readonly release: Release;
  readonly policy: PolicyState | null;
  /** The release's whole log, oldest first. */
  readonly log: readonly LogEntry[];
  readonly instances: InstanceCounts | null;
  readonly nowMs: number;
}

const recentEntries = 12;

export const releaseView = ({ release, policy, log, instances, nowMs }: ViewInput): ReleaseView => {
  const { phase } = release;
  const step = runningStep(release);
  return {
    ...identityOf(release),
    phase: phase.phase,
    result: resultOf(release),
    ended: isOver(release),
    step: step === null ? null : step + 1,
    steps: stepViews(release),
    weight: weightView(release),
    instances,
    next: nextMove(release, nowMs),
    attention: attentionOf(release),
    actions: offers(release, policy),
    waiting: release.waiting,
    rules: ruleViews(release),
    ruleSet: { file: release.rules.file, hash: release.rules.hash },
    falseAlarm: falseAlarm(release, 'cause' in phase ? phase.cause : release.latch),
    notes: release.notes,
    unjudgeable: release.unjudgeable,
    pauses: release.pauses,
    investigations: release.investigations,
    checklist: checklistOf(release, nowMs),
    trend: trendState(release, log, nowMs),
    tasks: tasksOf(release, policy),
    orders: release.orders,
    latch: release.latch,
    rollback: rollbackView(release, log),
    cause: 'cause' in phase ? phase.cause : null,
    supersededBy: release.supersededBy,
    frozen: policy?.frozen.includes(release.revision) ?? false,
    sight: release.sight,
    times: timesOf(release, nowMs),
    compression: release.compression,
    outlook: log.filter(({ reason }) => reason === 'Outlook').map(({ message }) => message),
    recent: log.slice(-recentEntries),
  };
};

const identityOf = ({ id, policy, revision, stableRevision, mode }: Release) => ({
  id,
  policy,
  revision,
  stableRevision,
  mode,
});

const resultOf = ({ phase }: Release): ReleaseView['result'] => {
  if (phase.phase === 'watching' || phase.phase === 'succeeded') return 'succeeded';
  return phase.phase === 'rolledBack' || phase.phase === 'failed' ? phase.phase : 'running';
};

const weightView = ({ weight }: Release): WeightView => ({
  desired: weight.desired,
  applied: weight.applied,
  observedPercent: weight.observedPercent,
  observedRequests: weight.observedRequests,
});

const timesOf = (release: Release, nowMs: number): TimesView => ({
  nowMs,
  startedAtMs: release.startedAtMs,
  startedBy: release.startedBy,
  endedAtMs: 'endedAtMs' in release.phase ? release.phase.endedAtMs : null,
  countedMs: release.countedMs,
  maxDurationMs: release.plan.maxDurationMs,
});
