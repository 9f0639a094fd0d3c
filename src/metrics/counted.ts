/** Which series of an answer a counting rule adds up, what each is worth, and whose it is. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { Rule } from '../rules/rule.ts';
import type { Sli } from '../rules/sli.ts';
import { chooseBucket } from './bucket.ts';
import { type Arm, armOf, seriesTest } from './matching.ts';
import type { Counts, NothingReason } from './reading.ts';
import type { Arms, Series } from './series.ts';
import { boundOf } from './series-key.ts';
import { bucketsOf } from './wanted-series.ts';

export interface WhyNothing {
  readonly reason: NothingReason;
  readonly message: string;
}

/** An increment of 1 of the series is so many events, and so many bad ones. */
export interface Part {
  readonly arm: Arm;
  readonly worth: Counts;
}

export type Parts = ReadonlyMap<Series, Part>;

type CountingSli = Extract<Sli, { readonly kind: 'ratio' | 'latency' | 'volume' }>;

export const isCounting = (sli: Sli): sli is CountingSli => sli.kind !== 'gauge' && sli.kind !== 'expression';

/** Series that are the same in both arms are nobody's: an error. Series of neither arm are left out. */
export function partsOf(rule: Rule, series: readonly Series[], arms: Arms): Result<Parts, WhyNothing> {
  if (!isCounting(rule.sli)) return ok(new Map());
  const worth = worthOf(rule.sli, series, arms);
  if (!worth.ok) return worth;
  const parts = new Map<Series, Part>();
  for (const [each, counts] of worth.value) {
    const arm = armOf(arms, each);
    if (arm === 'both') return failed(belongsToBoth(each));
    if (arm !== null) parts.set(each, { arm, worth: counts });
  }
  return ok(parts);
}

const belongsToBoth = ({ metric, labels }: Series): WhyNothing => ({
  reason: 'Ambiguous',
  message: `${metric}${JSON.stringify(labels)} matches the canary and stable; choose labels that tell them apart (metrics.labels of the policy)`,
});

function worthOf(
  sli: CountingSli,
  series: readonly Series[],
  arms: Arms,
): Result<ReadonlyMap<Series, Counts>, WhyNothing> {
  switch (sli.kind) {
    case 'volume':
      return ok(new Map(series.filter(seriesTest(sli.total)).map((each) => [each, { events: 1, bad: 0 }])));
    case 'ratio': {
      const isTotal = seriesTest(sli.total);
      const isBad = seriesTest(sli.bad);
      const isEvent = sli.streams === true ? (each: Series) => isTotal(each) || isBad(each) : isTotal;
      const worth = series.map((each) => [each, { events: isEvent(each) ? 1 : 0, bad: isBad(each) ? 1 : 0 }] as const);
      return ok(new Map(worth.filter(([, { events, bad }]) => events + bad > 0)));
    }
    case 'latency':
      return bucketWorth(sli, series.filter(seriesTest(bucketsOf(sli.histogram))), arms);
  }
}

/** Slower than the bound is everything (the +Inf bucket) less what the bound's bucket holds. */
function bucketWorth(
  sli: Extract<Sli, { readonly kind: 'latency' }>,
  buckets: readonly Series[],
  arms: Arms,
): Result<ReadonlyMap<Series, Counts>, WhyNothing> {
  const canary = buckets.filter((each) => armOf(arms, each) === 'canary');
  const bounds = canary.map(({ labels }) => boundOf(labels['le']));
  if (bounds.length === 0) return ok(new Map());
  const chosen = chooseBucket(bounds, sli.bound, sli.snap ? 'snap' : 'refuse');
  if (!chosen.ok) return failed(bucketMissing(sli, chosen.error));
  const worth = buckets.flatMap((each): (readonly [Series, Counts])[] => {
    const bound = boundOf(each.labels['le']);
    if (bound === Number.POSITIVE_INFINITY) return [[each, { events: 1, bad: 1 }]];
    return bound === chosen.value ? [[each, { events: 0, bad: -1 }]] : [];
  });
  return ok(withBothBuckets(worth, arms));
}

/** An older version may have other buckets: its latency can't be compared, and is not guessed. */
function withBothBuckets(worth: readonly (readonly [Series, Counts])[], arms: Arms): ReadonlyMap<Series, Counts> {
  const isStable = (each: Series): boolean => armOf(arms, each) === 'stable';
  const comparable = worth.some(([each, { bad }]) => bad < 0 && isStable(each));
  return new Map(comparable ? worth : worth.filter(([each]) => !isStable(each)));
}

function bucketMissing(
  { histogram, bound }: Extract<Sli, { readonly kind: 'latency' }>,
  nearest: readonly number[],
): WhyNothing {
  const has = nearest.length === 0 ? 'it has no finite bucket' : `the nearest are ${nearest.join(' and ')}`;
  return {
    reason: 'BucketMissing',
    message: `${histogram.metric} has no bucket le="${bound}"; ${has}; make one the threshold, add the bucket, or write snap: true`,
  };
}
