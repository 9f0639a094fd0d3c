/** Whether stable is well once it has everything back: its own rules, judged on what came a while after the rollback and on nothing else. */
import { type CounterMemory, emptyMemory } from '../metrics/counter-memory.ts';
import { measure } from '../metrics/measure.ts';
import type { Answer } from '../metrics/metric-source.ts';
import type { Arms } from '../metrics/series.ts';
import type { LogEntry } from '../release/log.ts';
import type { Release } from '../release/release.ts';
import { valueText } from '../report/format-value.ts';
import { limitWords } from '../report/limit-words.ts';
import { unitOf } from '../report/rule-view.ts';
import type { Rule } from '../rules/rule.ts';
import { judge, startRuleState } from '../verdict/judge.ts';
import type { RuleState } from '../verdict/rule-state.ts';
import { withDispersion } from '../verdict/settings.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { span } from '../verdict/words.ts';

/** A rollback has helped by then, or somebody is paged. */
const helpsWithinMs = 120_000;

/** Readings that are wanted at least, however short the time is made. */
const leastReadings = 10;

export interface AfterTimes {
  /** Evidence begins: what stable was left in has passed. */
  readonly fromMs: number;
  /** From then on a breach is said. */
  readonly dueMs: number;
  /** Whatever comes later has other reasons. */
  readonly untilMs: number;
}

/** Epoch ms; null: nothing was given back to anybody. */
export function afterTimes({ compression, phase, stableRevision }: Release, intervalMs: number): AfterTimes | null {
  const isBack = phase.phase === 'rolledBack' || phase.phase === 'rollingBack';
  if (!isBack || phase.zeroAtMs === null || stableRevision === null) return null;
  const withinMs = Math.max(helpsWithinMs / compression, leastReadings * intervalMs);
  const at = (part: number): number => (phase.zeroAtMs ?? 0) + part * withinMs;
  return { fromMs: at(0.75), dueMs: at(1), untilMs: at(2) };
}

export interface StableAfter {
  readonly memory: CounterMemory;
  readonly rules: Readonly<Record<string, RuleState>>;
  /** Critical rules that stable breaks. */
  readonly breaches: readonly Verdict[];
}

export const stableAfter: StableAfter = { memory: emptyMemory, rules: {}, breaches: [] };

/** Critical ones that say what is healthy without a look at anything else. A limit that stable's normal is above says nothing of it. */
export const rulesOfStable = ({ notes, rules }: Release): readonly Rule[] =>
  rules.rules.filter(
    ({ alert, dryRun, name, sli, threshold }) =>
      alert === 'critical' &&
      !dryRun &&
      (sli.kind === 'ratio' || sli.kind === 'latency' || sli.kind === 'expression') &&
      threshold.kind !== 'drop-from-baseline' &&
      !notes.some((note) => note.reason === 'ThresholdBelowBaseline' && note.rule === name),
  );

export interface StableLook {
  readonly answer: Answer;
  /** With stable in the canary's place, and nobody beside it. */
  readonly arms: Arms;
  readonly nowMs: number;
  readonly fromMs: number;
}

/** Pure; the same answer twice adds nothing. */
export function lookAtStableAfter(release: Release, before: StableAfter, look: StableLook): StableAfter {
  const { answer, arms, fromMs, nowMs } = look;
  const rules = rulesOfStable(release);
  const { memory, readings } = measure({ rules, arms, memory: before.memory, answer, nowMs, notBeforeMs: fromMs });
  if (nowMs < fromMs) return { ...before, memory };
  const context = { nowMs, step: null, weight: 100, split: false, weightSinceMs: fromMs, raisedAtMs: fromMs } as const;
  const judged = rules.flatMap((rule) => {
    const reading = readings[rule.name];
    if (reading === undefined) return [];
    const state = before.rules[rule.name] ?? startRuleState(rule);
    const settings = withDispersion(release.judge, release.dispersion[rule.name]);
    const at = { ...context, bakeEnded: false, stableProbes: 'gone' } as const;
    return [judge(rule, settings, { state, reading, context: at })];
  });
  return {
    memory,
    rules: Object.fromEntries(judged.map(({ state, verdict }) => [verdict.rule, state])),
    breaches: judged.flatMap(({ verdict }) => (verdict.kind === 'breach' ? [verdict] : [])),
  };
}

export const didNotHelp = 'RollbackDidNotHelp';

/** Null: nothing speaks against stable. */
export function didNotHelpLine(release: Release, { breaches }: StableAfter, nowMs: number): LogEntry | null {
  const { phase, policy, rollbackPoint, rules, stableRevision } = release;
  const [first] = breaches;
  const rule = rules.rules.find(({ name }) => name === first?.rule);
  const zeroAtMs = 'zeroAtMs' in phase ? phase.zeroAtMs : null;
  if (first === undefined || rule === undefined || zeroAtMs === null) return null;
  const value = valueText(first.canary, unitOf(rule));
  const since = span(nowMs - zeroAtMs);
  const compare =
    rollbackPoint === null ? '' : `; sluice restore ${policy} --dry-run shows what differs from the rollback point`;
  const message = [
    `the rollback did not help: ${since} after everything went back to it, ${stableRevision ?? 'stable'} has ${rule.name} ${value} against ${limitWords(rule, first.limit)}.`,
    `It is not the revision alone: look at what it shares with stable (database, configuration, what it calls)${compare}`,
  ].join(' ');
  return {
    atMs: nowMs,
    kind: 'event',
    reason: didNotHelp,
    message,
    data: { rule: rule.name, value: first.canary, limit: first.limit, stable: stableRevision },
  };
}
