/** The scrapes of a made-up service in the order of time, as its monitoring saw them. */
import type { Labels } from '../../src/metrics/series.ts';
import { bursts, poisson, type Random, seeded, seedOf } from '../simulate/random.ts';
import { type HistoryPlan, minuteMs, trafficAt } from './history-plan.ts';
import { shareAt, type Truth, truthOf } from './history-truth.ts';

/** A series of one instance, and what it counts; a counter is there once it counted something. */
export interface Counted {
  readonly metric: string;
  readonly labels: Labels;
  value: number;
}

export interface Scrape {
  readonly atMs: number;
  /** Live: to be read before the next scrape is asked for. */
  readonly counted: readonly Counted[];
}

/** Upper bounds of the histogram, and how much of the traffic that is not slow ends in each; slow is above 0.5. */
const fast: readonly (readonly [string, number])[] = [
  ['0.05', 0.2],
  ['0.1', 0.45],
  ['0.25', 0.25],
  ['0.5', 0.1],
];
const slow: readonly (readonly [string, number])[] = [
  ['1', 0.7],
  ['2.5', 0.25],
  ['+Inf', 0.05],
];
const bounds = [...fast, ...slow].map(([le]) => le);

interface Pod {
  readonly version: string;
  readonly index: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Within the interval. */
  readonly offsetMs: number;
  readonly random: Random;
  readonly up: Counted;
  readonly start: Counted;
  /** By route: those that went well, those that failed. */
  readonly routes: readonly { readonly share: number; readonly good: Counted; readonly bad: Counted }[];
  readonly buckets: readonly Counted[];
  readonly count: Counted;
  readonly sum: Counted;
}

export function* scrapesOf(plan: HistoryPlan, truth: Truth = truthOf(plan)): Generator<Scrape> {
  const pods = [...podsOf(plan, truth)].sort((a, b) => a.offsetMs - b.offsetMs);
  for (let tickMs = plan.fromMs; tickMs < plan.toMs; tickMs += plan.intervalMs)
    for (const pod of pods) {
      const atMs = tickMs + pod.offsetMs;
      if (atMs < pod.fromMs || atMs >= pod.toMs || atMs >= plan.toMs) continue;
      live(pod, { plan, truth, atMs });
      if (truth.away.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs)) continue;
      pod.up.value = pod.random.next() < plan.missed ? 0 : 1;
      const counted = pod.up.value === 0 ? [pod.up] : [pod.up, ...seen(pod)];
      yield { atMs, counted };
    }
}

interface Moment {
  readonly plan: HistoryPlan;
  readonly truth: Truth;
  readonly atMs: number;
}

/** What happens to one instance in the interval that ends now. */
function live(pod: Pod, moment: Moment): void {
  const { plan, truth, atMs } = moment;
  const hasReset = truth.resets.some(
    (reset) => reset.pod === pod.index && reset.atMs <= atMs && reset.atMs > atMs - plan.intervalMs,
  );
  if (hasReset) restart(pod, atMs);
  const perSecond = (trafficAt(plan, atMs) * shareAt(truth, pod.version, atMs)) / plan.pods;
  const mean = (perSecond * plan.intervalMs) / 1000;
  if (mean === 0) return;
  const errors = ratioAt(pod, moment, 'errors');
  let total = 0;
  for (const { share, good, bad } of pod.routes) {
    const failed = bursts(pod.random, mean * share * errors, plan.errorsTogether);
    const well = poisson(pod.random, mean * share * (1 - errors));
    good.value += well;
    bad.value += failed;
    total += well + failed;
  }
  observe(pod, total, ratioAt(pod, moment, 'latency'));
}

function ratioAt(pod: Pod, { plan, truth, atMs }: Moment, kind: 'errors' | 'latency'): number {
  const bad = truth.deploys.find(({ version }) => version === pod.version)?.bad;
  const isWorse = bad?.kind === kind && atMs >= bad.onsetMs;
  const usual = isWorse ? bad.ratio : kind === 'errors' ? plan.errorRatio : plan.slowRatio;
  if (kind === 'latency') return usual;
  const isNow = (event: { readonly fromMs: number; readonly toMs: number } | null): boolean =>
    event !== null && atMs >= event.fromMs && atMs < event.toMs;
  const burst = truth.bursts.find((each) => each.pod === pod.index && isNow(each));
  return usual + (burst?.ratio ?? 0) + (isNow(truth.incident) ? (truth.incident?.ratio ?? 0) : 0);
}

/** Shares requests out among the buckets; the fullest gets those that no other got. */
function observe(pod: Pod, total: number, slowRatio: number): void {
  const shares = [...fast.map(([, part]) => part * (1 - slowRatio)), ...slow.map(([, part]) => part * slowRatio)];
  const fullest = shares.indexOf(Math.max(...shares));
  const own = shares.map((share, i) => (i === fullest ? 0 : poisson(pod.random, total * share)));
  let left = total;
  for (const [i, wanted] of own.entries()) {
    own[i] = Math.min(wanted, left);
    left -= own[i] ?? 0;
  }
  own[fullest] = left;
  let below = 0;
  for (const [i, bucket] of pod.buckets.entries()) {
    below += own[i] ?? 0;
    bucket.value += below;
  }
  pod.count.value += total;
  pod.sum.value += total * (0.12 + slowRatio);
}

function restart(pod: Pod, atMs: number): void {
  for (const each of seen(pod)) each.value = 0;
  pod.start.value = atMs / 1000;
}

const seen = ({ start, routes, buckets, count, sum }: Pod): readonly Counted[] => [
  start,
  ...routes.flatMap(({ good, bad }) => [good, bad]).filter(({ value }) => value > 0),
  ...buckets,
  count,
  sum,
];

/** Instances of a version live from a minute before its traffic until five minutes after. */
function podsOf(plan: HistoryPlan, truth: Truth): readonly Pod[] {
  const versions = [
    { version: truth.firstVersion, fromMs: plan.fromMs },
    ...truth.deploys.map(({ version, startMs }) => ({ version, fromMs: startMs - minuteMs })),
  ];
  return versions.flatMap(({ version, fromMs }, number) =>
    Array.from({ length: plan.pods }, (_, index) =>
      podOf(plan, { version, fromMs, toMs: goneAt(truth, version), index, number }),
    ),
  );
}

const goneAt = ({ deploys }: Truth, version: string): number => {
  const own = deploys.find((deploy) => deploy.version === version);
  if (own?.outcome === 'rolled back') return own.endMs + 5 * minuteMs;
  const next = deploys.find(({ before, outcome }) => before === version && outcome === 'promoted');
  return next === undefined ? Number.POSITIVE_INFINITY : next.endMs + 5 * minuteMs;
};

interface Place {
  readonly version: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly index: number;
  readonly number: number;
}

function podOf(plan: HistoryPlan, { number, ...place }: Place): Pod {
  const name = `app-${place.version.replaceAll('.', '-')}-${place.index}`;
  const random = seeded(seedOf(name, plan.seed, 0));
  const own = { job: 'app', instance: `10.0.${number}.${place.index + 1}:8080`, pod: name, version: place.version };
  const series = (metric: string, labels: Labels = {}, value = 0): Counted => ({
    metric,
    labels: { ...own, ...labels },
    value,
  });
  return {
    ...place,
    random,
    offsetMs: Math.floor(random.next() * plan.intervalMs),
    up: series('up', {}, 1),
    start: series('process_start_time_seconds', {}, place.fromMs / 1000),
    routes: Object.entries(plan.routes).map(([route, share]) => ({
      share,
      good: series('http_requests_total', { route, code: '200' }),
      bad: series('http_requests_total', { route, code: '500' }),
    })),
    buckets: bounds.map((le) => series('http_request_duration_seconds_bucket', { le })),
    count: series('http_request_duration_seconds_count'),
    sum: series('http_request_duration_seconds_sum'),
  };
}
