/** Earlier releases of a policy side by side: how each went, how long it took, and what its rules showed. */
import type { Journalled } from '../release/journal.ts';
import type { LogEntry } from '../release/log.ts';
import type { PhaseName, Release } from '../release/release.ts';
import type { PolicyState } from '../release/store.ts';
import type { Rule } from '../rules/rule.ts';
import type { VerdictKind } from '../verdict/verdict.ts';
import type { Unit } from './format-value.ts';
import { heldMs } from './held.ts';
import { limitWords } from './limit-words.ts';
import { releaseView } from './release-view.ts';
import { type ResponseTime, responseTimeOf } from './response-time.ts';
import { type RollbackView, toRecoveryMs } from './rollback-view.ts';
import { unitOf } from './rule-view.ts';
import { median } from './trends/median.ts';

/** What a rule showed at the end of a release, or shows now. */
export interface PastRule {
  readonly name: string;
  readonly unit: Unit;
  readonly canary: number | null;
  readonly stable: number | null;
  readonly limitWords: string;
  readonly verdict: VerdictKind | null;
}

export interface PastRelease {
  readonly id: string;
  readonly revision: string;
  readonly stableRevision: string | null;
  readonly startedBy: string;
  readonly startedAtMs: number;
  readonly promotedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Until its end; of one that runs: until now. */
  readonly durationMs: number;
  readonly phase: PhaseName;
  readonly result: 'running' | 'succeeded' | 'rolledBack' | 'failed';
  /** Why it ended otherwise than well. */
  readonly cause: string | null;
  readonly causeRule: string | null;
  /** Highest weight that was read back, percent. */
  readonly reachedPercent: number;
  /** From the decision to roll back to weight 0. */
  readonly toZeroMs: number | null;
  /** From the first sign of the breach to weight 0; null: nothing was breached, a person or a limit took it back. */
  readonly toRecoveryMs: number | null;
  /** From the commit to the promotion; null: no result of the revision says `committed_at`, or it was not promoted. */
  readonly leadMs: number | null;
  /** How long after its promotion trends of it were recorded; null: none were, or they still are. */
  readonly trendForMs: number | null;
  readonly requestsFailed: number | null;
  /** Time that it stood still for another reason than its own plan. */
  readonly heldMs: number;
  /** Time without any answer of its metrics. */
  readonly blindMs: number;
  readonly calledFalseAlarm: boolean;
  /** Share of failed requests, by the first rule that counts them; null: no rule does. */
  readonly errorRate: PastRule | null;
  /** Share of requests slower than the p95's (or another quantile's) bound, by the first rule that counts them. */
  readonly slow: PastRule | null;
  /** By the same rule, over the whole release; null: no rule judges it. */
  readonly responseTime: ResponseTime | null;
  readonly rules: readonly PastRule[];
}

export interface PolicyHistory {
  readonly policy: string;
  /** Newest first. */
  readonly releases: readonly PastRelease[];
  readonly totals: {
    readonly succeeded: number;
    readonly rolledBack: number;
    readonly failed: number;
    readonly running: number;
    /** Of those that succeeded; null: none did. */
    readonly medianSuccessMs: number | null;
  };
}

interface PastInput {
  readonly release: Release;
  readonly log: readonly LogEntry[];
  readonly journal: Journalled;
  readonly policy: PolicyState | null;
}

export const policyHistory = (policy: string, releases: readonly PastRelease[]): PolicyHistory => {
  const count = (result: PastRelease['result']): number => releases.filter((each) => each.result === result).length;
  return {
    policy,
    releases,
    totals: {
      succeeded: count('succeeded'),
      rolledBack: count('rolledBack'),
      failed: count('failed'),
      running: count('running'),
      medianSuccessMs: median(releases.map(({ durationMs, result }) => (result === 'succeeded' ? durationMs : null))),
    },
  };
};

export const pastRelease = ({ release, log, journal, policy }: PastInput, nowMs: number): PastRelease => {
  const view = releaseView({ release, log, policy, instances: null, nowMs });
  const endMs = view.times.endedAtMs ?? nowMs;
  const promotedAtMs = log.find(({ reason }) => reason === 'Promoted')?.atMs ?? null;
  const rules = release.rules.rules.map((rule) => pastRule(rule, release));
  const first = (kind: Rule['sli']['kind']): PastRule | null =>
    rules[release.rules.rules.findIndex(({ route, sli }) => sli.kind === kind && route === null)] ?? null;
  const { id, phase, result, revision, stableRevision } = view;
  return {
    ...{ id, phase, result, revision, stableRevision },
    startedBy: release.startedBy,
    startedAtMs: release.startedAtMs,
    promotedAtMs,
    endedAtMs: view.times.endedAtMs,
    durationMs: Math.max(0, endMs - release.startedAtMs),
    cause: view.cause?.message ?? null,
    causeRule: view.cause?.rule ?? null,
    reachedPercent: release.weight.reached,
    toZeroMs: view.rollback?.toZeroMs ?? null,
    toRecoveryMs: isBreach(view.rollback) ? toRecoveryMs(view.rollback) : null,
    leadMs: leadMs({ revision, promotedAtMs }, policy),
    trendForMs: view.trend?.state === 'ended' ? view.trend.untilMs - view.trend.promotedAtMs : null,
    requestsFailed: view.rollback?.requestsFailed ?? null,
    heldMs: heldMs(log, endMs),
    blindMs: release.sight.totalBlindMs,
    calledFalseAlarm: release.calledFalseAlarm !== null,
    errorRate: first('ratio'),
    slow: first('latency'),
    responseTime: responseTimeOf({ release, journal }),
    rules,
  };
};

/** As `git log -1 --format=%ct` has it: epoch seconds. A commit after the promotion is none that was promoted. */
const committed = 'committed_at';

const leadMs = (
  { promotedAtMs, revision }: Pick<PastRelease, 'promotedAtMs' | 'revision'>,
  policy: PolicyState | null,
): number | null => {
  const told = policy?.attested.findLast((each) => each.revision === revision && committed in each.values);
  const atS = told?.values[committed];
  if (atS === undefined || promotedAtMs === null || atS * 1_000 > promotedAtMs) return null;
  return promotedAtMs - atS * 1_000;
};

const pastRule = (rule: Rule, { verdicts }: Release): PastRule => {
  const verdict = verdicts.find((each) => each.rule === rule.name);
  return {
    name: rule.name,
    unit: unitOf(rule),
    canary: verdict?.canary ?? null,
    stable: verdict?.stable ?? null,
    limitWords: limitWords(rule, verdict?.limit ?? null),
    verdict: verdict?.kind ?? null,
  };
};

const isBreach = (rollback: RollbackView | null): rollback is RollbackView =>
  rollback !== null && rollback.firstBreachAtMs !== null;
