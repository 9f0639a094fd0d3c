/** What PromQL's functions and aggregations take and give. */
import { didYouMean } from '../lib/nearest.ts';

export type ValueType = 'instant vector' | 'range vector' | 'scalar' | 'string';

export interface Signature {
  readonly takes: readonly ValueType[];
  /** How many of `takes`, from the end, may be left out. */
  readonly optional: number;
  /** The last of `takes` may come again. */
  readonly repeats: 'last' | 'none';
  readonly gives: ValueType;
}

const [vector, range, scalar, string] = ['instant vector', 'range vector', 'scalar', 'string'] as const;

const plain = (takes: readonly ValueType[], gives: ValueType = vector): Signature => ({
  takes,
  optional: 0,
  repeats: 'none',
  gives,
});

const optional = (signature: Signature): Signature => ({ ...signature, optional: 1 });

const repeating = (signature: Signature): Signature => ({ ...signature, optional: 1, repeats: 'last' });

const overRange =
  'rate irate increase delta idelta deriv changes resets absent_over_time avg_over_time count_over_time ' +
  'first_over_time last_over_time mad_over_time max_over_time min_over_time present_over_time stddev_over_time ' +
  'stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time';

const overVector =
  'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count ' +
  'histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt ' +
  'start_timestamp tan tanh timestamp';

const ofTime = 'day_of_month day_of_week day_of_year days_in_month hour minute month year';

const each = (names: string, signature: Signature): readonly (readonly [string, Signature])[] =>
  names.split(' ').map((name) => [name, signature]);

const functions: ReadonlyMap<string, Signature> = new Map([
  ...each(overRange, plain([range])),
  ...each(overVector, plain([vector])),
  ...each(ofTime, optional(plain([vector]))),
  ...each('time pi start end range step', plain([], scalar)),
  ['vector', plain([scalar])],
  ['scalar', plain([vector], scalar)],
  ['clamp', plain([vector, scalar, scalar])],
  ...each('clamp_max clamp_min', plain([vector, scalar])),
  ['round', optional(plain([vector, scalar]))],
  ['histogram_quantile', plain([scalar, vector])],
  ['histogram_quantiles', repeating(plain([vector, string, scalar, scalar]))],
  ['histogram_fraction', plain([scalar, scalar, vector])],
  ['quantile_over_time', plain([scalar, range])],
  ['predict_linear', plain([range, scalar])],
  ['double_exponential_smoothing', plain([range, scalar, scalar])],
  ['label_replace', plain([vector, string, string, string, string])],
  ['label_join', repeating(plain([vector, string, string, string]))],
  ...each('sort_by_label sort_by_label_desc', repeating(plain([vector, string]))),
  ['info', optional(plain([vector, vector]))],
]);

export const functionSignature = (name: string): Signature | null => functions.get(name) ?? null;

/** An aggregation's, by its operator. */
export const aggregationSignature = (name: string): Signature => {
  const operator = name.toLowerCase();
  if (operator === 'count_values') return plain([string, vector]);
  const parameter = ['topk', 'bottomk', 'quantile', 'limitk', 'limit_ratio'].includes(operator);
  return plain(parameter ? [scalar, vector] : [vector]);
};

const renamed: Readonly<Record<string, string>> = { holt_winters: 'double_exponential_smoothing' };

/** Follows the word `query`. */
export const unknownFunction = (name: string): string => {
  const now = renamed[name];
  const hint = now === undefined ? didYouMean(name, [...functions.keys()]) : `; it is called ${now} now`;
  return `calls ${name}, which is no function of PromQL${hint}`;
};
