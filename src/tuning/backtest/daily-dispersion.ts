/**
 * How bursty each rule's bad events were, as a start on each day of the past would have learned it.
 *
 *     7 days before the first trial ... the last one ─► counts, step by step ─► for each day: the seven days before it
 */
import { knownOf } from '../../gate/known.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { HistorySource, Span } from '../../metrics/history.ts';
import type { LabelValues } from '../../rules/promql.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Bin, History, Stretch } from '../../verdict/dispersion.ts';
import {
  assumedDispersion,
  type Dispersion,
  defaultJudgeSettings,
  type JudgeSettings,
} from '../../verdict/settings.ts';
import { lookbackMs, pastHistory } from '../past/past-history.ts';

const dayMs = 86_400_000;

/** A month at every scrape would cost more than the judging; what comes together within seconds does so within a minute, too. */
const leastStepMs = 60_000;

export interface DailyAsked extends Span {
  readonly history: HistorySource;
  readonly select: LabelValues;
  readonly intervalMs: number;
  readonly incidents: readonly Stretch[];
  /** What is left of the time for it all. */
  readonly leftMs: () => number;
  readonly signal: AbortSignal;
}

/** By what is measured: rules of the same measure have the same past. */
export type DailyDispersion = ReadonlyMap<string, Days>;

interface Days {
  readonly of: ReadonlyMap<number, Dispersion>;
  /** Why nothing at all was learned; null: there is a history. */
  readonly why: string | null;
}

const noSuchCount = 'it counts nothing bad';

export async function dailyDispersion(rules: readonly Rule[], asked: DailyAsked): Promise<DailyDispersion> {
  const found = new Map<string, Days>();
  for (const rule of rules) {
    const key = pastKey(rule);
    if (!found.has(key)) found.set(key, learnedOn(rule, await daysBefore(rule, asked), asked));
  }
  return found;
}

/** As a release that started then would have learned it. */
export const dispersionAt = (daily: DailyDispersion, rule: Rule, atMs: number): Dispersion =>
  daily.get(pastKey(rule))?.of.get(dayOf(atMs)) ?? assumedDispersion;

export const whyNotLearned = (daily: DailyDispersion, rule: Rule): string | null =>
  daily.get(pastKey(rule))?.why ?? null;

const pastKey = ({ sli }: Rule): string => JSON.stringify(sli);

async function daysBefore(rule: Rule, asked: DailyAsked): Promise<Result<History, string>> {
  const { fromMs, toMs, select, leftMs, signal, ...given } = asked;
  if (signal.aborted) return failed('it was stopped before');
  const span = { fromMs: fromMs - lookbackMs, toMs };
  const past = await pastHistory(rule, {
    ...given,
    ...span,
    leastStepMs,
    signal,
    labelsOf: () => select,
    withinMs: leftMs(),
  });
  if (!past.ok) return past;
  return past.value === null ? failed(noSuchCount) : ok(past.value);
}

/** Learned at once for every day, so that the counts need not be kept. */
function learnedOn(rule: Rule, past: Result<History, string>, { fromMs, toMs }: Span): Days {
  const of = new Map<number, Dispersion>();
  if (!past.ok) return { of, why: past.error };
  for (let day = dayOf(fromMs); day <= dayOf(toMs); day++) of.set(day, learnedBefore(rule, past.value, day * dayMs));
  return { of, why: null };
}

const dayOf = (atMs: number): number => Math.floor(atMs / dayMs);

const unstated: JudgeSettings = { ...defaultJudgeSettings, rules: 1 };

function learnedBefore(rule: Rule, { bins, ...rest }: History, nowMs: number): Dispersion {
  const week = { ...rest, bins: between(bins, nowMs - lookbackMs, nowMs) };
  const histories = { [rule.name]: ok(week) };
  const known = knownOf({ rules: [rule], judge: unstated, histories, step: null, traffic: null });
  return known.dispersion[rule.name] ?? assumedDispersion;
}

const between = (bins: readonly Bin[], fromMs: number, toMs: number): readonly Bin[] =>
  bins.slice(firstFrom(bins, fromMs), firstFrom(bins, toMs));

/** Index of the first bin from a moment on. */
function firstFrom(bins: readonly Bin[], fromMs: number): number {
  let [low, high] = [0, bins.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bins[middle]?.atMs ?? 0) < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
