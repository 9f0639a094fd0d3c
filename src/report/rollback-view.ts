/** The rollback card: which rule, its numbers, when it was first outside, when it was decided, when the weight was 0. */
import { promiseOf } from '../gate/false-alarm.ts';
import type { LogEntry } from '../release/log.ts';
import type { Cause, Release } from '../release/release.ts';
import type { Unit } from './format-value.ts';
import { limitWords } from './limit-words.ts';
import { unitOf } from './rule-view.ts';

export interface RollbackView {
  readonly reason: string;
  readonly message: string;
  /** Null: a person or a limit decided, no rule. */
  readonly rule: string | null;
  /** `file:line` of the rule. */
  readonly at: string | null;
  readonly unit: Unit | null;
  readonly value: number | null;
  readonly limit: number | null;
  readonly limitWords: string | null;
  /** When the rule was first seen outside. */
  readonly firstBreachAtMs: number | null;
  readonly decidedAtMs: number;
  /** Weight read back as 0; null: not yet. */
  readonly zeroAtMs: number | null;
  /** From the decision to weight 0. */
  readonly toZeroMs: number | null;
  /** Nothing that users asked of it is open any more; null: not yet, or not noted. */
  readonly emptyAtMs: number | null;
  /** How sure the decision is, or why no such number speaks of it; null: no rule decided. */
  readonly promise: string | null;
  /** User requests that the canary failed; null: not counted. */
  readonly requestsFailed: number | null;
  /** What stable breaks since it has everything back; null: nothing is known of that. */
  readonly didNotHelp: string | null;
}

/** Null while nothing speaks for a rollback. A latch that waits for a person's word is shown as one not yet at zero. */
export const rollbackView = (release: Release, log: readonly LogEntry[]): RollbackView | null => {
  const { phase } = release;
  const isBack = phase.phase === 'rollingBack' || phase.phase === 'rolledBack';
  const cause = isBack ? phase.cause : release.latch;
  if (cause === null) return null;
  const zeroAtMs = isBack ? phase.zeroAtMs : null;
  return {
    reason: cause.reason,
    message: cause.message,
    rule: cause.rule,
    ...ruleNumbers(release, cause),
    firstBreachAtMs: firstBreach(cause, log),
    decidedAtMs: cause.atMs,
    zeroAtMs,
    toZeroMs: zeroAtMs === null ? null : Math.max(0, zeroAtMs - cause.atMs),
    emptyAtMs: isBack ? phase.emptyAtMs : null,
    promise: promiseOf(release, cause),
    requestsFailed: requestsFailed(release),
    didNotHelp: log.findLast(({ reason }) => reason === 'RollbackDidNotHelp')?.message ?? null,
  };
};

/** From the first sign of the breach (else the decision) to weight 0 read back; null: not there yet. */
export const toRecoveryMs = ({ decidedAtMs, firstBreachAtMs, zeroAtMs }: RollbackView): number | null =>
  zeroAtMs === null ? null : Math.max(0, zeroAtMs - (firstBreachAtMs ?? decidedAtMs));

const ruleNumbers = (
  release: Release,
  cause: Cause,
): Pick<RollbackView, 'at' | 'unit' | 'value' | 'limit' | 'limitWords'> => {
  const rule = release.rules.rules.find((each) => each.name === cause.rule);
  if (rule === undefined) return { at: null, unit: null, value: null, limit: null, limitWords: null };
  const verdict = release.verdicts.find((each) => each.rule === rule.name);
  const limit = numberIn(cause, 'limit') ?? verdict?.limit ?? null;
  return {
    at: `${rule.at.file}:${rule.at.line}`,
    unit: unitOf(rule),
    value: numberIn(cause, 'canary') ?? verdict?.canary ?? null,
    limit,
    limitWords: limitWords(rule, limit),
  };
};

/** When the log first says that this rule was outside, or may be. */
const firstBreach = (cause: Cause, log: readonly LogEntry[]): number | null => {
  if (cause.rule === null) return null;
  const first = log.find(({ data }) => data['rule'] === cause.rule && isOutside(data['verdict']));
  return first?.atMs ?? cause.atMs;
};

const isOutside = (verdict: unknown): boolean => verdict === 'breach' || verdict === 'suspect';

/** As the error rules counted them: each counts the failures of the same requests, so the one that saw most. */
const requestsFailed = ({ rules, evidence }: Release): number | null => {
  const counts = rules.rules
    .filter(({ sli }) => sli.kind === 'ratio')
    .flatMap(({ name }) => evidence.rules[name]?.canary.bad ?? []);
  return counts.length === 0 ? null : Math.round(Math.max(...counts));
};

const numberIn = ({ data }: Pick<LogEntry, 'data'>, key: string): number | null => {
  const value = data[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};
