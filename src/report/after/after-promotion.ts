/** What the rules read in the day after a promotion, and which of it rose: evidence for people, decided by nobody. */
import type { Journalled } from '../../release/journal.ts';
import type { LogEntry } from '../../release/log.ts';
import { trendEveryMs } from '../../release/plan.ts';
import type { Release } from '../../release/release.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Unit } from '../format-value.ts';
import { limitWords } from '../limit-words.ts';
import { unitOf } from '../rule-view.ts';
import { type Rise, riseOf } from './rise.ts';
import { hasTrend, trendLimit, trendPoints } from './trend-points.ts';
import { type TrendState, trendState } from './trend-state.ts';

export interface RuleTrend {
  readonly rule: string;
  readonly unit: Unit;
  /** In `unit`. */
  readonly limit: number;
  readonly limitWords: string;
  /** Columns of equal length, oldest first; epoch ms, and in `unit`. */
  readonly atMs: readonly number[];
  readonly value: readonly number[];
  /** null: it did not rise, or not by enough to be said. */
  readonly rise: RiseFound | null;
}

interface RiseFound extends Rise {
  /** When it is at the limit if it goes on like that, ms after the last point; null: it is there. */
  readonly toLimitMs: number | null;
}

export interface AfterPromotion extends TrendState {
  readonly rules: readonly RuleTrend[];
}

interface Input {
  readonly release: Release;
  readonly journal: Journalled;
  readonly log: readonly LogEntry[];
  readonly nowMs: number;
}

/** null: nothing is recorded of it. */
export function afterPromotion({ journal, log, nowMs, release }: Input): AfterPromotion | null {
  const state = trendState(release, log, nowMs);
  if (state === null) return null;
  const { compression, plan, rules, startedAtMs } = release;
  const within = { startedAtMs, fromMs: state.promotedAtMs, everyMs: trendEveryMs(plan, compression) };
  const spans = [...journal.spans, ...journal.trend];
  const trends = rules.rules.filter(hasTrend).flatMap((rule) => {
    const points = trendPoints(rule, spans, within);
    return points.length === 0 ? [] : [trendOf(rule, points)];
  });
  return { ...state, rules: trends };
}

function trendOf(rule: Rule, points: ReturnType<typeof trendPoints>): RuleTrend {
  const limit = trendLimit(rule);
  return {
    ...{ rule: rule.name, unit: unitOf(rule), limit, limitWords: limitWords(rule, limit) },
    atMs: points.map(({ atMs }) => atMs),
    value: points.map(({ value }) => value),
    rise: worthSaying(riseOf(points), limit),
  };
}

/** Of the limit. */
const leastRise = 0.1;

const worthSaying = (rise: Rise | null, limit: number): RiseFound | null =>
  rise === null || rise.to - rise.from < leastRise * limit
    ? null
    : { ...rise, toLimitMs: rise.to >= limit ? null : (limit - rise.to) / rise.perMs };
