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

/** One namespace, or all that there is. */
export const createMetrics = ({ version, releases }: MetricsOptions): Metrics =>
  new MetricsPage(version, []).of({}, async () => {
    const read = await releases();
    return read.ok ? { releases: read.value.map((release) => ({ release, scope: {} })), unread: 0 } : nothingRead;
  });

const nothingRead: ShownReleases = { releases: [], unread: 1 };

/** Labels that tell whose a sample is, beside its own; the same names on one page. */
export type Scope = Readonly<Record<string, string>>;

export interface ShownReleases {
  readonly releases: readonly { readonly release: Release; readonly scope: Scope }[];
  /** Stores that could not be read. */
  readonly unread: number;
}

/**
 *   decided, queried, ... ──► counters and histograms ─┐
 *   store ──(each scrape)──► lines, nothing kept ──────┴──► pieces()
 */
export class MetricsPage {
  readonly #registry = new Registry();
  readonly #meters: Meters;

  /** `scoped`: names of the labels of each scope. */
  constructor(version: string, scoped: readonly string[]) {
    collectDefaultMetrics({ register: this.#registry });
    gauge(this.#registry, processMetrics.build).set({ version }, 1);
    this.#meters = metersOf(this.#registry, scoped);
  }

  /** Counts in that scope; its pages show all scopes. */
  of(scope: Scope, releases: () => Promise<ShownReleases>): Metrics {
    const pieces = (): AsyncIterable<string> => this.#pieces(releases);
    const text = async (): Promise<string> => {
      let whole = '';
      for await (const piece of pieces()) whole += piece;
      return whole;
    };
    const counted = { ...releaseCounters(this.#meters, scope), ...workCounters(this.#meters, scope) };
    return { contentType: this.#registry.contentType, text, pieces, ...counted };
  }

  /** Whoever counted in that scope is gone: so are the samples, as those of a process that ended would be. */
  async forget(scope: Scope): Promise<void> {
    for (const meter of Object.values(this.#meters)) {
      const { values } = await meter.get();
      // A bucket's bound is no label of its histogram.
      for (const { labels } of values) if (isIn(scope, labels) && !('le' in labels)) meter.remove(labels);
    }
  }

  async *#pieces(shown: () => Promise<ShownReleases>): AsyncGenerator<string, void> {
    const { releases, unread } = await shown();
    this.#meters.scrapeErrors.inc(unread);
    yield `${await this.#registry.metrics()}\n`;
    for (const piece of releaseText(releases)) {
      yield piece;
      await othersTurn();
    }
  }
}

const isIn = (scope: Scope, labels: Readonly<Record<string, string | number | undefined>>): boolean =>
  Object.entries(scope).every(([name, value]) => labels[name] === value);

type Counted = Omit<Metrics, 'contentType' | 'text' | 'pieces'>;

type Meters = ReturnType<typeof metersOf>;

const metersOf = (registry: Registry, scoped: readonly string[]) => {
  const whose = (family: MetricFamily): MetricFamily => ({ ...family, labels: [...family.labels, ...scoped] });
  const count = (family: MetricFamily): Counter => counter(registry, whose(family));
  const spread = (family: MetricFamily, buckets: readonly number[]): Histogram =>
    histogram(registry, whose(family), buckets);
  return {
    scrapeErrors: counter(registry, processMetrics.scrapeErrors),
    decisions: count(processMetrics.decisions),
    rollbacks: count(processMetrics.rollbacks),
    falseAlarms: count(processMetrics.falseAlarms),
    ended: count(processMetrics.ended),
    releaseSeconds: spread(processMetrics.releaseSeconds, releaseSecondsBuckets),
    breachToZero: spread(processMetrics.breachToZero, breachToZeroBuckets),
    drift: count(processMetrics.drift),
    queries: spread(processMetrics.queries, querySeconds),
    queryErrors: count(processMetrics.queryErrors),
    reconciles: spread(processMetrics.reconciles, querySeconds),
    reconcileErrors: count(processMetrics.reconcileErrors),
    writes: count(processMetrics.writes),
    notifications: count(processMetrics.notifications),
    requests: count(processMetrics.requests),
  };
};

type OfReleases = 'serves' | 'decided' | 'rolledBack' | 'calledFalse' | 'ended' | 'reachedZero' | 'driftCorrected';

/** How deliveries go. */
const releaseCounters = (meters: Meters, scope: Scope): Pick<Counted, OfReleases> => {
  const { breachToZero, decisions, drift, ended, falseAlarms, releaseSeconds, rollbacks } = meters;
  return {
    serves: (policy) => {
      for (const outcome of outcomes) {
        ended.inc({ ...scope, policy, outcome }, 0);
        releaseSeconds.zero({ ...scope, policy, outcome });
      }
      for (const each of [rollbacks, falseAlarms]) each.inc({ ...scope, policy, rule: '' }, 0);
      drift.inc({ ...scope, policy }, 0);
    },
    decided: (decision, reason) => decisions.inc({ ...scope, decision, reason }),
    rolledBack: (policy, rule) => rollbacks.inc({ ...scope, policy, rule: rule ?? '' }),
    calledFalse: (policy, rule) => falseAlarms.inc({ ...scope, policy, rule }),
    ended: (policy, outcome, tookMs) => {
      ended.inc({ ...scope, policy, outcome });
      releaseSeconds.observe({ ...scope, policy, outcome }, tookMs / 1000);
    },
    reachedZero: (afterMs) => breachToZero.observe({ ...scope }, afterMs / 1000),
    driftCorrected: (policy) => drift.inc({ ...scope, policy }),
  };
};

/** How Sluice itself works. */
const workCounters = (meters: Meters, scope: Scope): Omit<Counted, OfReleases> => ({
  queried: (source, tookMs, failure) => {
    meters.queries.observe({ ...scope, source }, tookMs / 1000);
    if (failure !== undefined) meters.queryErrors.inc({ ...scope, source, reason: failure });
  },
  reconciled: (tookMs) => meters.reconciles.observe({ ...scope }, tookMs / 1000),
  reconcileFailed: (policy) => meters.reconcileErrors.inc({ ...scope, policy }),
  routerWrote: (outcome) => meters.writes.inc({ ...scope, outcome }),
  notified: (target, outcome) => meters.notifications.inc({ ...scope, target, outcome }),
  apiAnswered: (method, code) => meters.requests.inc({ ...scope, method, code }),
});

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
