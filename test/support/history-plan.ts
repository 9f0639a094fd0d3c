/** What a made-up service lived through: how it is told to a test, and what is true of it because it was made so. */

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** How a version is worse than the one before, from `afterMs` after the start of step `step` (from 0) on. */
export interface Regression {
  readonly kind: 'errors' | 'latency';
  /** Fraction of its requests that fail, or that are slower than half a second. */
  readonly ratio: number;
  readonly step?: number;
  readonly afterMs?: number;
  /** When somebody took it back, from its onset on; null: nobody did, it became stable. Default 20 minutes. */
  readonly rolledBackAfterMs?: number | null;
}

export interface DeployPlan {
  /** After the beginning of the history. */
  readonly afterMs: number;
  readonly bad?: Regression;
}

export interface Step {
  readonly weight: number;
  readonly bakeMs: number;
}

export interface HistoryPlan {
  readonly seed: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Between two scrapes of an instance. */
  readonly intervalMs: number;
  /** Requests a second of the whole service, as a mean over a working day. */
  readonly perSecond: number;
  /** Fraction of the requests that fail, and that are slower than half a second. */
  readonly errorRatio: number;
  readonly slowRatio: number;
  /** Mean number of errors that come together; dispersion is 2 x this - 1. */
  readonly errorsTogether: number;
  /** Instances of each version. */
  readonly pods: number;
  /** Route and its share of the requests. */
  readonly routes: Readonly<Record<string, number>>;
  readonly steps: readonly Step[];
  readonly deploys: readonly DeployPlan[];
  /** Times after the beginning at which one instance fails for two minutes, 2 % of its requests more than before. */
  readonly bursts: readonly number[];
  /** All versions fail in the same way. */
  readonly incident: { readonly afterMs: number; readonly forMs: number; readonly ratio: number } | null;
  /** Times after the beginning at which one instance restarts and counts from 0. */
  readonly resets: readonly number[];
  /** Fraction of the scrapes that an instance does not answer (`up` is 0). */
  readonly missed: number;
  /** The monitoring itself was away. */
  readonly away: readonly { readonly afterMs: number; readonly forMs: number }[];
}

/** The day's cycle is on: 40 % of the mean at 3:00 UTC, 160 % at 15:00; 60 % of that at weekends. */
export function trafficAt({ perSecond }: Pick<HistoryPlan, 'perSecond'>, atMs: number): number {
  const dayOfWeek = (Math.floor(atMs / dayMs) + 4) % 7;
  const weekly = dayOfWeek === 0 || dayOfWeek === 6 ? 0.6 : 1;
  return perSecond * weekly * (1 + 0.6 * Math.cos((2 * Math.PI * ((atMs % dayMs) - 15 * hourMs)) / dayMs));
}

const usualSteps: readonly Step[] = [
  { weight: 25, bakeMs: 10 * minuteMs },
  { weight: 50, bakeMs: 15 * minuteMs },
  { weight: 100, bakeMs: 30 * minuteMs },
];

/** Three days that end four hours ago: a quiet service of 100 requests/s, 0.05 % errors, scraped each minute. */
export function historyPlan(given: Partial<HistoryPlan> & { readonly days?: number } = {}): HistoryPlan {
  const { days = 3, ...own } = given;
  const toMs = own.toMs ?? Math.floor(Date.now() / hourMs) * hourMs - 4 * hourMs;
  return {
    seed: 1,
    fromMs: toMs - days * dayMs,
    toMs,
    intervalMs: minuteMs,
    perSecond: 100,
    errorRatio: 0.0005,
    slowRatio: 0.02,
    errorsTogether: 1,
    pods: 2,
    routes: { '/': 0.7, '/checkout': 0.3 },
    steps: usualSteps,
    deploys: [],
    bursts: [],
    incident: null,
    resets: [],
    missed: 0,
    away: [],
    ...own,
  };
}

/**
 * The same with all that happens to services in `days`: a deploy each working day (of four, one is bad: at once, late, slow),
 * bursts, restarts, missed scrapes, the monitoring away for 20 minutes, and an incident in the middle of a good deploy.
 */
export function eventfulPlan(given: Partial<HistoryPlan> & { readonly days?: number } = {}): HistoryPlan {
  const { days = 14 } = given;
  const plain = historyPlan({ ...given, days });
  const each = Array.from({ length: Math.floor((plain.toMs - plain.fromMs) / dayMs) }, (_, day) => day);
  // The first day is the baseline; the last ends before its deploy could.
  const deploys = each.slice(1).map((day, i) => ({ afterMs: day * dayMs + (day % 5) * hourMs, ...badOf(i) }));
  const { afterMs = dayMs } = deploys[2] ?? {};
  return historyPlan({
    deploys,
    bursts: each.map((day) => day * dayMs + 7 * hourMs),
    incident: { afterMs: afterMs + 14 * minuteMs, forMs: 6 * minuteMs, ratio: 0.03 },
    resets: each.filter((day) => day % 3 === 1).map((day) => day * dayMs + 9 * hourMs),
    missed: 0.002,
    away: [{ afterMs: 0.6 * dayMs, forMs: 20 * minuteMs }],
    errorsTogether: 1.2,
    ...given,
    days,
  });
}

const regressions: readonly Regression[] = [
  { kind: 'errors', ratio: 0.01 },
  { kind: 'errors', ratio: 0.005, step: 1, afterMs: 5 * minuteMs },
  { kind: 'latency', ratio: 0.15 },
];

/** The second, sixth, tenth ... is bad, each in another way. */
const badOf = (deploy: number): { readonly bad?: Regression } => {
  const bad = regressions[Math.floor(deploy / 4) % regressions.length];
  return deploy % 4 === 1 && bad !== undefined ? { bad } : {};
};
