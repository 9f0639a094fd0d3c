/** History of a service as data: versions that come and go with their pods, and what Prometheus would say of it. */
import type { HistorySource } from '../../../src/metrics/history.ts';
import { memoryHistory } from '../../../src/metrics/history-memory.ts';
import type { Series } from '../../../src/metrics/series.ts';
import { seeded } from '../../../src/tuning/random.ts';
import { arrive } from '../../simulate/arrivals.ts';

/** A version with its share of the traffic; times are ms since the beginning. */
export interface Turn {
  readonly version: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly percent: number;
  readonly errorRate?: number;
}

export interface Story {
  readonly startMs: number;
  readonly lengthMs: number;
  readonly perSecond: number;
  readonly pods?: number;
  readonly spacingMs?: number;
  readonly turns: readonly Turn[];
  /** Extra errors of everybody. */
  readonly incidents?: readonly { readonly fromMs: number; readonly toMs: number; readonly errorRate: number }[];
  /** Label of the version; null: there is none. */
  readonly label?: string | null;
  readonly job?: string;
  readonly extra?: readonly Series[];
}

const usualErrors = 0.0003;

interface Counter {
  readonly ok: { atMs: number; value: number }[];
  readonly bad: { atMs: number; value: number }[];
}

export function madeSeries(story: Story): readonly Series[] {
  const { startMs, lengthMs, perSecond, pods = 2, spacingMs = 15_000, turns, label = 'version', job = 'app' } = story;
  const random = seeded(7);
  const counters = new Map<string, Counter>();
  for (let atMs = 0; atMs <= lengthMs; atMs += spacingMs)
    for (const { version, percent, errorRate = usualErrors } of turns.filter(
      (turn) => turn.fromMs <= atMs && atMs < turn.toMs,
    )) {
      const incident = story.incidents?.find((each) => each.fromMs <= atMs && atMs < each.toMs);
      const rate = (perSecond * percent) / 100 / pods;
      for (let pod = 0; pod < pods; pod++) {
        const counter = counters.get(`${version} ${pod}`) ?? { ok: [], bad: [] };
        counters.set(`${version} ${pod}`, counter);
        const { events, bad } = arrive(
          random,
          { perSecond: rate, errorRate: Math.max(errorRate, incident?.errorRate ?? 0) },
          spacingMs / 1000,
        );
        grow(counter.ok, startMs + atMs, events - bad);
        grow(counter.bad, startMs + atMs, bad);
      }
    }
  const series = [...counters].flatMap(([name, { ok, bad }]) => {
    const [version = '', pod] = name.split(' ');
    const labels = { job, instance: `${version}-${pod}:80`, ...(label === null ? {} : { [label]: version }) };
    return [
      { metric: 'http_requests_total', labels: { ...labels, code: '200' }, samples: ok },
      { metric: 'http_requests_total', labels: { ...labels, code: '500' }, samples: bad },
      { metric: 'up', labels, samples: ok.map(({ atMs }) => ({ atMs, value: 1 })) },
      {
        metric: 'process_start_time_seconds',
        labels,
        samples: ok.map(({ atMs }) => ({ atMs, value: (ok[0]?.atMs ?? 0) / 1000 - 20 })),
      },
    ];
  });
  return [...series, ...(story.extra ?? [])];
}

function grow(samples: { atMs: number; value: number }[], atMs: number, by: number): void {
  samples.push({ atMs, value: (samples.at(-1)?.value ?? 0) + by });
}

export function madeHistory(story: Story): HistorySource {
  const series = madeSeries(story);
  return memoryHistory({ series, evaluate: (promql, atMs) => evaluate(series, promql, atMs), chunkMs: 3_600_000 });
}

/** As much of PromQL as the backtest asks for. */
function evaluate(
  series: readonly Series[],
  promql: string,
  atMs: number,
): readonly { labels: Record<string, string>; value: number }[] {
  const grouped = /^sum by \((\w+)\) \(rate\((\w+)\{?.*\[(\d+)s\]\)\)$/.exec(promql);
  if (grouped !== null) {
    const [, label = '', metric, seconds] = grouped;
    const rates = new Map<string, number>();
    for (const each of series.filter((one) => one.metric === metric)) {
      const rise = increaseOf(each, atMs, Number(seconds) * 1000);
      if (rise === null) continue;
      const name = each.labels[label] ?? '';
      rates.set(name, (rates.get(name) ?? 0) + rise / Number(seconds));
    }
    return [...rates].map(([name, value]) => ({ labels: name === '' ? {} : { [label]: name }, value }));
  }
  const increase = /^sum\(increase\((\w+)(\{.*\})?\[(\d+)s\]\)\)$/.exec(promql);
  if (increase !== null) {
    const [, metric, matchers, seconds] = increase;
    const wanted = series.filter(
      (each) => each.metric === metric && (matchers === undefined || each.labels['code'] === '500'),
    );
    const rises = wanted.flatMap((each) => increaseOf(each, atMs, Number(seconds) * 1000) ?? []);
    return rises.length === 0 ? [] : [{ labels: {}, value: rises.reduce((sum, rise) => sum + rise, 0) }];
  }
  const growth = /^sum\(rate\((\w+)(\{.*\})?\[(\d+)ms\]\)\) \* (\d+)$/.exec(promql);
  if (growth !== null) {
    const [, metric, matchers, windowMs] = growth;
    const isBad = matchers?.includes('5..') === true;
    const wanted = series.filter((each) => each.metric === metric && (!isBad || each.labels['code'] === '500'));
    const rises = wanted.flatMap((each) => increaseOf(each, atMs, Number(windowMs)) ?? []);
    // A window one sample longer than the step has the step's growth between its edges; Prometheus stretches it, and it is scaled back.
    return rises.length === 0 ? [] : [{ labels: {}, value: rises.reduce((sum, rise) => sum + rise, 0) }];
  }
  const plain = /^(\w+)/.exec(promql)?.[1];
  return series.flatMap(({ metric, labels, samples }) => {
    if (metric !== plain) return [];
    const last = samples.findLast((each) => each.atMs <= atMs && each.atMs > atMs - 300_000);
    return last === undefined || (promql.endsWith('== 1') && last.value !== 1)
      ? []
      : [{ labels: { ...labels }, value: last.value }];
  });
}

function increaseOf({ samples }: Series, atMs: number, windowMs: number): number | null {
  const [from, to] = [firstAfter(samples, atMs - windowMs), firstAfter(samples, atMs) - 1];
  return to <= from ? null : (samples[to]?.value ?? 0) - (samples[from]?.value ?? 0);
}

/** Index of the first sample after a moment. */
function firstAfter(samples: Series['samples'], afterMs: number): number {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.atMs ?? 0) > afterMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
