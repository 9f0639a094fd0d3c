/** What a week of history says of a service's traffic: how much there is at this hour and at its lowest, how much of it is bad. */

import { failed, ok, type Result } from '../../lib/result.ts';
import type { HistoryFailure, HistoryProgress, HistorySource } from '../../metrics/history.ts';
import { type History, wholeHistory } from '../../metrics/history-whole.ts';
import { type LabelValues, renderSelector } from '../../rules/promql.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Selector } from '../../rules/sli.ts';

const hourMs = 3_600_000;
const weekMs = 7 * 24 * hourMs;
const stepMs = hourMs / 4;

export interface SeenTraffic {
  /** Events a second at this hour of the day, as a mean over the week, and in the hour of the week that has least. */
  readonly releaseHour: number;
  readonly weeklyLow: number;
  /** Fraction of bad events over the week, without the worst 1 % of its quarters of an hour. */
  readonly ratio: number;
  /** Part of the week's quarters of an hour for which there is data. */
  readonly seen: number;
}

export interface SeenOptions {
  readonly source: HistorySource;
  /** Labels that all series of the service have. */
  readonly labels: LabelValues;
  readonly nowMs: number;
  readonly onProgress?: (progress: HistoryProgress) => void;
}

/** null: the history has no such series. */
export async function seenTraffic(
  rule: Rule,
  options: SeenOptions,
): Promise<Result<SeenTraffic | null, HistoryFailure>> {
  const queries = queriesOf(rule, options.labels);
  if (queries === null) return ok(null);
  const total = await rates(queries.total, options);
  if (!total.ok) return total;
  const good = await rates(queries.part, options);
  if (!good.ok) return failed(good.error);
  return ok(summary(total.value, badOf(total.value, good.value, queries.partIs), options.nowMs));
}

interface Queries {
  readonly total: string;
  /** The bad events, or those that were good. */
  readonly part: string;
  readonly partIs: 'bad' | 'good';
}

function queriesOf({ sli }: Rule, labels: LabelValues): Queries | null {
  const rate = (selector: Selector, more: LabelValues = {}): string =>
    `sum(rate(${renderSelector(selector, { ...labels, ...more })}[15m]))`;
  if (sli.kind === 'ratio') return { total: rate(sli.total), part: rate(sli.bad), partIs: 'bad' };
  if (sli.kind !== 'latency') return null;
  const { histogram, bound } = sli;
  const le = [String(bound), ...(Number.isInteger(bound) ? [bound.toFixed(1)] : [])];
  return {
    total: rate({ ...histogram, metric: `${histogram.metric}_count` }),
    part: rate({ ...histogram, metric: `${histogram.metric}_bucket` }, { le }),
    partIs: 'good',
  };
}

type Rates = ReadonlyMap<number, number>;

async function rates(
  promql: string,
  { source, nowMs, onProgress }: SeenOptions,
): Promise<Result<Rates, HistoryFailure>> {
  const toMs = Math.floor(nowMs / stepMs) * stepMs + 1;
  const asked = { promql, fromMs: toMs - 1 - weekMs + stepMs, toMs, stepMs };
  const history = await wholeHistory(source.steps({ ...asked, ...(onProgress === undefined ? {} : { onProgress }) }));
  return history.ok ? ok(ratesOf(history.value)) : history;
}

const ratesOf = ({ series }: History): Rates =>
  new Map(
    (series[0]?.samples ?? []).filter(({ value }) => Number.isFinite(value)).map(({ atMs, value }) => [atMs, value]),
  );

/** No series of errors at all means that there was none; no bucket at all that nothing is known. */
function badOf(total: Rates, part: Rates, partIs: Queries['partIs']): Rates {
  if (partIs === 'bad') return part;
  if (part.size === 0) return new Map();
  return new Map([...total].map(([atMs, all]) => [atMs, Math.max(0, all - (part.get(atMs) ?? all))]));
}

function summary(total: Rates, bad: Rates, nowMs: number): SeenTraffic | null {
  if (total.size === 0) return null;
  const hourOf = (atMs: number): number => Math.floor(atMs / hourMs) % 24;
  // A quarter's rate is of what came before it.
  const all = [...total].map(([atMs, rate]) => ({ atMs: atMs - 1, rate, bad: bad.get(atMs) ?? 0 }));
  const now = all.filter(({ atMs }) => hourOf(atMs) === hourOf(nowMs));
  const hours = [...Map.groupBy(all, ({ atMs }) => Math.floor(atMs / hourMs)).values()].filter(
    (hour) => hour.length >= 3,
  );
  const usual = all
    .filter(({ rate }) => rate > 0)
    .toSorted((a, b) => a.bad / a.rate - b.bad / b.rate)
    .slice(0, Math.max(1, Math.floor(0.99 * all.length)));
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const events = sum(usual.map(({ rate }) => rate));
  return {
    releaseHour: mean((now.length > 0 ? now : all).map(({ rate }) => rate)),
    weeklyLow: hours.length === 0 ? 0 : Math.min(...hours.map((hour) => mean(hour.map(({ rate }) => rate)))),
    ratio: events === 0 ? 0 : sum(usual.map((each) => each.bad)) / events,
    seen: Math.min(1, all.length / (weekMs / stepMs)),
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const monthMs = 30 * 24 * hourMs;

/** How many versions appeared in a month, by a label that names them; null: no such label, or nothing to tell by. */
export async function releasesAMonth(
  total: Selector,
  { label, labels, source, nowMs }: SeenOptions & { readonly label: string },
): Promise<Result<number | null, HistoryFailure>> {
  const promql = `count by (${label}) (${renderSelector(total, labels)})`;
  const fromMs = nowMs - monthMs;
  const history = await wholeHistory(source.steps({ promql, fromMs, toMs: nowMs, stepMs: hourMs }));
  if (!history.ok) return history;
  const versions = history.value.series.filter(({ labels: own }) => (own[label] ?? '') !== '');
  const begins = versions.map(({ samples }) => samples[0]?.atMs ?? nowMs);
  const firstMs = Math.min(...begins);
  const seenMs = nowMs - firstMs;
  // Those that were there from the beginning were released before it.
  const appeared = begins.filter((atMs) => atMs > firstMs).length;
  return ok(seenMs < 24 * hourMs || appeared === 0 ? null : (appeared * monthMs) / seenMs);
}
