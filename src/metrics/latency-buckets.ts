/**
 * Which buckets of a histogram a latency rule reads. Versions, and pods of one version, may have different ones: what all of
 * them have is used, and what is missing is said, never guessed.
 *
 *     limit      the threshold's bucket in the canary: the absolute test
 *     stable     the same one in stable, else its next higher one, which can only understate how slow it is
 *     compared   what both have: about five bounds around and above stable's median, the limit (or the nearest to it) first
 */
import { failed, ok, type Result } from '../lib/result.ts';
import type { Sli } from '../rules/sli.ts';
import { chooseBucket } from './bucket.ts';
import type { Arm } from './matching.ts';
import type { WhyNothing } from './reading.ts';
import type { Series } from './series.ts';

export type LatencySli = Extract<Sli, { readonly kind: 'latency' }>;

export interface Bucket {
  readonly series: Series;
  readonly arm: Arm;
  readonly bound: number;
}

export interface Resolved {
  /** null: the canary has no series yet. */
  readonly limit: number | null;
  /** null: stable has no series, or none at or above the limit. */
  readonly stable: number | null;
  /** Finite bounds that all series of both arms have, rising; those of another unit are not common. */
  readonly common: readonly number[];
  /** What of the limit is not as the rule has it, for people; null: all is. */
  readonly note: string | null;
}

export function resolveBuckets(sli: LatencySli, buckets: readonly Bucket[]): Result<Resolved, WhyNothing> {
  const canary = boundsOf(buckets, 'canary');
  const stable = boundsOf(buckets, 'stable');
  const missing = sli.snap ? 'snap' : 'refuse';
  if (canary.some.length === 0) {
    const own = chooseBucket(stable.all, sli.bound, missing);
    return ok({ limit: null, stable: own.ok ? own.value : null, common: [], note: null });
  }
  const limit = chooseBucket(canary.all, sli.bound, missing);
  if (!limit.ok) return failed(bucketMissing(sli, canary, limit.error));
  const alike = isOtherUnit(canary.all, stable.all) ? [] : stable.all;
  const common = canary.all.filter((each) => alike.includes(each));
  const note = stable.some.length > 0 ? noteOf({ sli, limit: limit.value, stable: stable.all, common }) : null;
  return ok({ limit: limit.value, stable: alike.find((each) => each >= limit.value) ?? null, common, note });
}

interface Bounds {
  /** Finite bounds that every series of the arm has, and that one has at least; both rise. */
  readonly all: readonly number[];
  readonly some: readonly number[];
}

/** Each series of a histogram has one +Inf bucket: a bound that is there as often is in all of them. */
function boundsOf(buckets: readonly Bucket[], arm: Arm): Bounds {
  const times = new Map<number, number>();
  for (const bucket of buckets)
    if (bucket.arm === arm && !Number.isNaN(bucket.bound)) times.set(bucket.bound, (times.get(bucket.bound) ?? 0) + 1);
  const histograms = times.get(Number.POSITIVE_INFINITY) ?? 0;
  const some = [...times.keys()].sort((a, b) => a - b);
  return { some, all: some.filter((bound) => Number.isFinite(bound) && times.get(bound) === histograms) };
}

const unitFactor = 100;

/** One counts seconds, the other milliseconds: equal numbers do not mean equal times. */
function isOtherUnit(a: readonly number[], b: readonly number[]): boolean {
  const [low, high] = [ratio(a[0], b[0]), ratio(a.at(-1), b.at(-1))];
  return (low >= unitFactor && high >= unitFactor) || (low <= 1 / unitFactor && high <= 1 / unitFactor);
}

const ratio = (a: number | undefined, b: number | undefined): number =>
  a === undefined || b === undefined || b <= 0 ? 1 : a / b;

interface Against {
  readonly sli: LatencySli;
  readonly limit: number;
  readonly stable: readonly number[];
  readonly common: readonly number[];
}

function noteOf({ sli, limit, stable, common }: Against): string | null {
  if (stable.includes(limit) && common.length > 0) return null;
  const near = nearestTo(stable, limit);
  const has = near.length === 0 ? 'no finite bucket that all its series have' : `le=${list(near)} next to it`;
  const missing = `stable's ${sli.histogram.metric} has no bucket le="${limit}" but ${has}`;
  const standIn = standInFor(limit, common);
  return standIn === null
    ? `${missing}, and no bound in common with the canary: they are not compared`
    : `${missing}: the versions are compared at le="${standIn}"`;
}

const list = (bounds: readonly number[]): string => bounds.map((each) => `"${each}"`).join(' and ');

/** The next lower and the next higher. */
const nearestTo = (bounds: readonly number[], wanted: number): readonly number[] =>
  [bounds.findLast((each) => each < wanted), bounds.find((each) => each > wanted)].filter((each) => each !== undefined);

/** At which of the common bounds the versions are compared when it can't be at the limit itself. */
const standInFor = (limit: number, common: readonly number[]): number | null =>
  common.find((each) => each >= limit) ?? common.at(-1) ?? null;

function bucketMissing({ histogram, bound }: LatencySli, { some }: Bounds, nearest: readonly number[]): WhyNothing {
  const who = some.includes(bound) ? `not every series of ${histogram.metric} has a` : `${histogram.metric} has no`;
  const has = nearest.length === 0 ? 'it has no finite bucket' : `the nearest are ${nearest.join(' and ')}`;
  return {
    reason: 'BucketMissing',
    message: `${who} bucket le="${bound}"; ${has}; make one the threshold, add the bucket, or write snap: true`,
  };
}

/** Fewer requests do not tell where stable's median is. */
const fewestToChoose = 20;
const boundsWanted = 5;
/** Of stable's requests: the median, its tail, and beyond; in the order of their use. */
const placesWanted: readonly number[] = [0.5, 0.95, 0.999, 0.75, 0.99];

/**
 * Where both versions will be compared: the limit first. null: stable has not counted enough to say. By what stable had
 * counted at the oldest sample at hand and nothing newer: what is compared later has no part in the choice.
 */
export function boundsToCompare(buckets: readonly Bucket[], { limit, common }: Resolved): readonly number[] | null {
  const first = limit === null ? null : standInFor(limit, common);
  if (first === null) return null;
  const counted = (bound: number): number =>
    buckets.reduce(
      (sum, each) => sum + (each.arm === 'stable' && each.bound === bound ? firstValue(each.series) : 0),
      0,
    );
  const total = counted(Number.POSITIVE_INFINITY);
  if (!(total >= fewestToChoose)) return null;
  const below = common.map((bound) => counted(bound) / total);
  const places = placesWanted.map((place) => below.findIndex((part) => part >= place));
  const median = below.findIndex((part) => part >= 0.5);
  const start = median < 0 ? common.length : median;
  const upwards = common.slice(start);
  const downwards = common.slice(0, start).reverse();
  const wanted = places.flatMap((at) => common[at] ?? []);
  return [...new Set([first, ...wanted, ...upwards, ...downwards])].slice(0, boundsWanted);
}

const firstValue = ({ samples }: Series): number => samples[0]?.value ?? 0;
