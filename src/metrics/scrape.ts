/** Metric source: the instances' own /metrics, read directly; sees what happens within a fraction of a second. */
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Answer, MetricSource, PartialFailure, ReadRequest } from './metric-source.ts';
import { defaultMaxBytes } from './prometheus-http.ts';
import { type ScrapeLimits, type ScrapeTarget, TargetScraper } from './scrape-target.ts';

export interface ScrapeOptions {
  readonly name: string;
  /** Asked at every read: instances come and go during a release. */
  readonly targets: () => readonly ScrapeTarget[];
  /** At least 250. */
  readonly intervalMs: number;
  /** Of one whole scrape. */
  readonly timeoutMs: number;
  readonly maxBytes?: number;
  readonly clock?: Clock;
}

const minIntervalMs = 250;

export function scrapeSource(options: ScrapeOptions): MetricSource {
  const intervalMs = Math.max(minIntervalMs, options.intervalMs);
  const { timeoutMs, maxBytes = defaultMaxBytes, clock = systemClock } = options;
  const limits: ScrapeLimits = { intervalMs, timeoutMs, maxBytes, clock };
  let scrapers: ReadonlyMap<string, TargetScraper> = new Map();
  const follow = (): readonly TargetScraper[] => {
    const next = options.targets().map((target) => {
      const key = JSON.stringify(target);
      return [key, scrapers.get(key) ?? new TargetScraper(target, limits)] as const;
    });
    scrapers = new Map(next);
    return [...scrapers.values()];
  };
  return {
    name: options.name,
    intervalMs,
    read: async (request) => {
      const targets = follow();
      await refreshAll(targets, intervalMs / 2);
      return answerFrom(targets, request, { source: options.name, receivedAtMs: clock.wallMs() });
    },
  };
}

/** One that hangs does not keep back what the others say; it is waited for only while there is nothing at all to tell. */
async function refreshAll(targets: readonly TargetScraper[], patienceMs: number): Promise<void> {
  const all = Promise.all(targets.map((target) => target.refresh()));
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([all, patience]);
  clearTimeout(timer);
  if (!targets.some((target) => target.wasAsked)) await all;
}

function answerFrom(
  targets: readonly TargetScraper[],
  { selectors, expressions, totals = [], alerts = [] }: ReadRequest,
  common: Pick<Answer, 'source' | 'receivedAtMs'>,
): Answer {
  const failures = targets.flatMap(({ failure }) => failure ?? []);
  const [first] = failures;
  if (first !== undefined && failures.length === targets.length) {
    const others = failures.length > 1 ? ` (and so do the ${failures.length - 1} others)` : '';
    return { kind: 'failed', ...common, reason: first.reason, message: `${first.message}${others}` };
  }
  const wanted = new Set(selectors.map(({ metric }) => metric));
  const series = targets.flatMap((target) => target.series((metric) => wanted.has(metric)));
  const computed = [...expressions, ...alerts].map(({ id }) => id);
  const unable = [
    ...(computed.length === 0 ? [] : [notOnPages(computed)]),
    ...(totals.length === 0 ? [] : [noPast(totals.map(({ id }) => id))]),
  ];
  return { kind: 'series', ...common, series, ...(unable.length > 0 ? { failures: unable } : {}) };
}

const notOnPages = (metrics: readonly string[]): PartialFailure => ({
  metrics,
  reason: 'QueryError',
  message: 'a direct scrape computes no expressions and knows no alerts; Prometheus does',
});

const noPast = (metrics: readonly string[]): PartialFailure => ({
  metrics,
  reason: 'QueryError',
  message: 'a direct scrape knows no other day; only Prometheus keeps the past',
});
