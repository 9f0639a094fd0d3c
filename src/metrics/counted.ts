/** Which series of an answer a counting rule adds up, what each is worth, and whose it is. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { Rule } from '../rules/rule.ts';
import type { Sli } from '../rules/sli.ts';
import { boundsToCompare, type LatencySli, type Resolved, resolveBuckets } from './latency-buckets.ts';
import { type Arm, armOf, seriesTest } from './matching.ts';
import type { Counts, WhyNothing } from './reading.ts';
import type { Arms, Series } from './series.ts';
import { boundOf } from './series-key.ts';
import { bucketsOf } from './wanted-series.ts';

/** An increment of 1 of the series is so many events, and so many bad ones. */
export interface Part {
  readonly arm: Arm;
  readonly worth: Counts;
  /** And so many requests slower than each bound that the versions are compared at; null: not all series have it now. */
  readonly slower?: readonly (number | null)[];
}

export interface Parts {
  readonly of: ReadonlyMap<Series, Part>;
  /** Only for response times; null: where to compare is not chosen yet. */
  readonly bounds: readonly number[] | null;
  /** They were chosen by this answer: comparing begins with the next. */
  readonly chosenNow: boolean;
  /** Stable has series, and what they count can be held against the limit. */
  readonly stableCounts: boolean;
  readonly note: string | null;
}

type CountingSli = Extract<Sli, { readonly kind: 'ratio' | 'latency' | 'volume' }>;

export const isCounting = (sli: Sli): sli is CountingSli =>
  sli.kind === 'ratio' || sli.kind === 'latency' || sli.kind === 'volume';

export interface PartsLook {
  readonly series: readonly Series[];
  readonly arms: Arms;
  /** As chosen before; null: not yet. */
  readonly bounds: readonly number[] | null;
}

/** Series that are the same in both arms are nobody's: an error. Series of neither arm are left out. */
export function partsOf({ sli, compare }: Rule, look: PartsLook): Result<Parts, WhyNothing> {
  if (!isCounting(sli) || (sli.kind === 'volume' && sli.agoMs !== undefined)) return ok(plainParts(new Map()));
  if (sli.kind === 'latency') return latencyParts(sli, compare, look);
  const worthOf = worth(sli);
  const own = look.series.map((each) => [each, worthOf(each)] as const).filter(([, each]) => each !== null);
  const assigned = assignedTo(
    look.arms,
    own.map(([each]) => each),
  );
  if (!assigned.ok) return assigned;
  const worths = new Map(own);
  return ok(plainParts(new Map(assigned.value.map(([each, arm]) => [each, { arm, worth: worths.get(each) ?? none }]))));
}

const none: Counts = { events: 0, bad: 0 };

const plainParts = (of: Parts['of']): Parts => ({
  of,
  bounds: null,
  chosenNow: false,
  stableCounts: true,
  note: null,
});

const worth = (sli: Exclude<CountingSli, LatencySli>): ((series: Series) => Counts | null) => {
  const isTotal = seriesTest(sli.total);
  if (sli.kind === 'volume') return (each) => (isTotal(each) ? { events: 1, bad: 0 } : null);
  const isBad = seriesTest(sli.bad);
  const isEvent = sli.streams === true ? (each: Series) => isTotal(each) || isBad(each) : isTotal;
  return (each) => {
    const [events, bad] = [isEvent(each) ? 1 : 0, isBad(each) ? 1 : 0];
    return events + bad > 0 ? { events, bad } : null;
  };
};

function assignedTo(arms: Arms, series: readonly Series[]): Result<readonly (readonly [Series, Arm])[], WhyNothing> {
  const assigned: (readonly [Series, Arm])[] = [];
  for (const each of series) {
    const arm = armOf(arms, each);
    if (arm === 'both') return failed(belongsToBoth(each));
    if (arm !== null) assigned.push([each, arm]);
  }
  return ok(assigned);
}

const belongsToBoth = ({ metric, labels }: Series): WhyNothing => ({
  reason: 'Ambiguous',
  message: `${metric}${JSON.stringify(labels)} matches the canary and stable; choose labels that tell them apart (metrics.labels of the policy)`,
});

/** Where the versions are compared is chosen once, from what stable had counted before, and stays. */
function latencyParts(sli: LatencySli, compare: Rule['compare'], look: PartsLook): Result<Parts, WhyNothing> {
  const own = assignedTo(look.arms, look.series.filter(seriesTest(bucketsOf(sli.histogram))));
  if (!own.ok) return own;
  const buckets = own.value.map(([series, arm]) => ({ series, arm, bound: boundOf(series.labels['le']) }));
  const resolved = resolveBuckets(sli, buckets);
  if (!resolved.ok) return resolved;
  const { note, common, stable } = resolved.value;
  if (compare === 'stable' && common.length === 0 && note !== null)
    return failed({ reason: 'BucketMissing', message: note });
  const bounds = look.bounds ?? boundsToCompare(buckets, resolved.value);
  const slower = (bounds ?? []).map((bound) => (common.includes(bound) ? bound : null));
  const of = new Map<Series, Part>();
  for (const { series, arm, bound } of buckets) {
    const part = bucketPart({ arm, bound }, resolved.value, slower);
    if (part !== null) of.set(series, part);
  }
  return ok({ of, bounds, chosenNow: look.bounds === null && bounds !== null, stableCounts: stable !== null, note });
}

/** Slower than a bound is everything (the +Inf bucket) less what the bound's bucket holds. */
function bucketPart(
  { arm, bound }: { readonly arm: Arm; readonly bound: number },
  { limit, stable }: Resolved,
  compared: readonly (number | null)[],
): Part | null {
  const isAll = bound === Number.POSITIVE_INFINITY;
  const isLimit = bound === (arm === 'canary' ? limit : stable);
  if (!isAll && !isLimit && !compared.includes(bound)) return null;
  const slower = compared.map((each) => (each === null ? null : isAll ? 1 : each === bound ? -1 : 0));
  return { arm, worth: { events: isAll ? 1 : 0, bad: isAll ? 1 : isLimit ? -1 : 0 }, slower };
}
