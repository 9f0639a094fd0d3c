/** What Sluice says of itself to Prometheus: counters of this process, and the releases as the store has them at each scrape. */
import { setImmediate as othersTurn } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Result } from '../lib/result.ts';
import type { Release } from '../release/release.ts';
import { type MetricFamily, processMetrics } from './metric-names.ts';
import { releaseText } from './release-text.ts';

export interface MetricsOptions {
  readonly version: string;
  /** The releases to show: active ones, and the newest of each policy. Read at every scrape. */
  readonly releases: () => Promise<Result<readonly Release[]>>;
}

const outcomes = ['succeeded', 'rolledBack', 'failed'] as const;
type Outcome = (typeof outcomes)[number];

/** What the program counts as it happens; every call is cheap and never throws. */
export interface Metrics {
  readonly contentType: string;
  /** The whole exposition, in the text format. */
  text(): Promise<string>;
  /** The same in pieces: with a thousand releases it is megabytes, and a rollback must not wait until they are made. */
  pieces(): AsyncIterable<string>;
  /** A policy is looked after from now on: its counters stand at 0, so that `increase()` sees the first of each. */
  serves(policy: string): void;
  decided(decision: string, reason: string): void;
  /** `rule` null: a person or a limit decided. */
  rolledBack(policy: string, rule: string | null): void;
  /** A person said that this rule took back a healthy release. */
  calledFalse(policy: string, rule: string): void;
  /** A release is over, so long after its start. */
  ended(policy: string, outcome: Outcome, tookMs: number): void;
  /** The weight was read back as 0, so long after the decision. */
  reachedZero(afterMs: number): void;
  /** A metric source answered, or (with a reason) did not. */
  queried(source: string, tookMs: number, failure?: string): void;
  reconciled(tookMs: number): void;
  reconcileFailed(policy: string): void;
  driftCorrected(policy: string): void;
  /** `ok`, or the reason of the failure. */
  routerWrote(outcome: string): void;
  notified(target: string, outcome: 'sent' | 'failed' | 'dropped'): void;
  apiAnswered(method: string, code: number): void;
}

/**
 *   decided, queried, ... ──► counters and histograms ─┐
 *   store ──(each scrape)──► lines, nothing kept ──────┴──► pieces()
 */
export const createMetrics = ({ version, releases }: MetricsOptions): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  gauge(registry, processMetrics.build).set({ version }, 1);
  const scrapeErrors = counter(registry, processMetrics.scrapeErrors);
  const pieces = async function* (): AsyncGenerator<string, void> {
    const read = await releases();
    if (!read.ok) scrapeErrors.inc();
    yield `${await registry.metrics()}\n`;
    for (const piece of releaseText(read.ok ? read.value : [])) {
      yield piece;
      await othersTurn();
    }
  };
  return {
    contentType: registry.contentType,
    text: async () => {
      let text = '';
      for await (const piece of pieces()) text += piece;
      return text;
    },
    pieces,
    ...counters(registry),
  };
};

type Counted = Omit<Metrics, 'contentType' | 'text' | 'pieces'>;

const counters = (registry: Registry): Counted => ({ ...releaseCounters(registry), ...workCounters(registry) });

type OfReleases = 'serves' | 'decided' | 'rolledBack' | 'calledFalse' | 'ended' | 'reachedZero' | 'driftCorrected';

/** How deliveries go. */
const releaseCounters = (registry: Registry): Pick<Counted, OfReleases> => {
  const decisions = counter(registry, processMetrics.decisions);
  const rollbacks = counter(registry, processMetrics.rollbacks);
  const falseAlarms = counter(registry, processMetrics.falseAlarms);
  const ended = counter(registry, processMetrics.ended);
  const releaseSeconds = histogram(registry, processMetrics.releaseSeconds, releaseSecondsBuckets);
  const breachToZero = histogram(registry, processMetrics.breachToZero, breachToZeroBuckets);
  const drift = counter(registry, processMetrics.drift);
  return {
    serves: (policy) => {
      for (const outcome of outcomes) {
        ended.inc({ policy, outcome }, 0);
        releaseSeconds.zero({ policy, outcome });
      }
      for (const each of [rollbacks, falseAlarms]) each.inc({ policy, rule: '' }, 0);
      drift.inc({ policy }, 0);
    },
    decided: (decision, reason) => decisions.inc({ decision, reason }),
    rolledBack: (policy, rule) => rollbacks.inc({ policy, rule: rule ?? '' }),
    calledFalse: (policy, rule) => falseAlarms.inc({ policy, rule }),
    ended: (policy, outcome, tookMs) => {
      ended.inc({ policy, outcome });
      releaseSeconds.observe({ policy, outcome }, tookMs / 1000);
    },
    reachedZero: (afterMs) => breachToZero.observe(afterMs / 1000),
    driftCorrected: (policy) => drift.inc({ policy }),
  };
};

/** How Sluice itself works. */
const workCounters = (registry: Registry): Omit<Counted, OfReleases> => {
  const queries = histogram(registry, processMetrics.queries, querySeconds);
  const queryErrors = counter(registry, processMetrics.queryErrors);
  const reconciles = histogram(registry, processMetrics.reconciles, querySeconds);
  const reconcileErrors = counter(registry, processMetrics.reconcileErrors);
  const writes = counter(registry, processMetrics.writes);
  const notifications = counter(registry, processMetrics.notifications);
  const requests = counter(registry, processMetrics.requests);
  return {
    queried: (source, tookMs, failure) => {
      queries.observe({ source }, tookMs / 1000);
      if (failure !== undefined) queryErrors.inc({ source, reason: failure });
    },
    reconciled: (tookMs) => reconciles.observe(tookMs / 1000),
    reconcileFailed: (policy) => reconcileErrors.inc({ policy }),
    routerWrote: (outcome) => writes.inc({ outcome }),
    notified: (target, outcome) => notifications.inc({ target, outcome }),
    apiAnswered: (method, code) => requests.inc({ method, code }),
  };
};

const breachToZeroBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
/** A minute to a week: a watch of 2 h or of a day, and people who sleep on a decision. */
const releaseSecondsBuckets = [60, 300, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 28_800, 86_400, 172_800, 604_800];
const querySeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const described = (registry: Registry, { name, help, labels }: MetricFamily) => ({
  name,
  help,
  labelNames: [...labels],
  registers: [registry],
});

const gauge = (registry: Registry, family: MetricFamily): Gauge => new Gauge(described(registry, family));

const counter = (registry: Registry, family: MetricFamily): Counter => new Counter(described(registry, family));

const histogram = (registry: Registry, family: MetricFamily, buckets: readonly number[]): Histogram =>
  new Histogram({ ...described(registry, family), buckets: [...buckets] });
