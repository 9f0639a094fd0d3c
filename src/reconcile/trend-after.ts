/** What the rules read of a revision that has been stable for a while: kept for people, and nothing is decided by it. */
import type { CounterMemory } from '../metrics/counter-memory.ts';
import { measure } from '../metrics/measure.ts';
import type { Answer } from '../metrics/metric-source.ts';
import type { Arms } from '../metrics/series.ts';
import { briefOf, type JournalSpan } from '../release/journal-span.ts';
import type { LogEntry } from '../release/log.ts';
import { trendEveryMs } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import { trendEnded } from '../release/trend-end.ts';
import { span } from '../verdict/words.ts';

export interface TrendTimes {
  /** Epoch ms. */
  readonly promotedAtMs: number;
  readonly untilMs: number;
  readonly everyMs: number;
}

/** null: nothing is to be recorded of it (any more). */
export function trendTimes({ compression, phase, plan }: Release, log: readonly LogEntry[]): TrendTimes | null {
  const { trendMs = 0 } = plan;
  const promoted = log.find(({ reason }) => reason === 'Promoted');
  if (phase.phase !== 'succeeded' || trendMs === 0 || promoted === undefined) return null;
  if (log.some(({ reason }) => reason === trendEnded)) return null;
  const everyMs = trendEveryMs(plan, compression);
  return { promotedAtMs: promoted.atMs, untilMs: promoted.atMs + trendMs, everyMs };
}

export interface TrendLook {
  readonly answer: Answer;
  /** With the promoted revision in the canary's place. */
  readonly arms: Arms;
  readonly nowMs: number;
  /** Of an earlier controller's looks something is missing before this one. */
  readonly start: 'controller' | null;
}

/** What was counted since the look before, and levels as they are now. */
export function lookAtTrend(
  { rules, startedAtMs, weight }: Release,
  memory: CounterMemory,
  { answer, arms, nowMs, start }: TrendLook,
): { readonly memory: CounterMemory; readonly span: JournalSpan } {
  const notBeforeMs = weight.firstTrafficAtMs ?? startedAtMs;
  const measured = measure({ rules: rules.rules, arms, memory, answer, nowMs, notBeforeMs });
  const read = Object.entries(measured.readings).map(([name, reading]) => [name, briefOf(reading, nowMs)] as const);
  return {
    memory: measured.memory,
    span: {
      toMs: nowMs - startedAtMs,
      looks: 1,
      ...(start === null ? {} : { start }),
      ...{ trend: true, weight: weight.applied, sent: null, read: Object.fromEntries(read) },
    },
  };
}

/** `why`: what ended it before its time; null: its time is over. */
export function trendEndLine(
  { plan, revision }: Release,
  { promotedAtMs }: TrendTimes,
  { nowMs, why }: { readonly nowMs: number; readonly why: string | null },
): LogEntry {
  const forMs = Math.max(0, nowMs - promotedAtMs);
  const wanted = span(plan.trendMs ?? 0);
  const message =
    why === null
      ? `trends of ${revision} are recorded, ${wanted} from its promotion on`
      : `trends of ${revision} end ${span(forMs)} after its promotion, of ${wanted}: ${why}`;
  return { atMs: nowMs, kind: 'event', reason: trendEnded, message, data: { forMs, whole: why === null } };
}
