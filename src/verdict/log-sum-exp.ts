/** Sums of numbers that are kept as logarithms, without leaving the logarithms. */

/** e^-40 is below what a double can add to 1. */
const negligible = -40;

/** ln(e^a + e^b). */
export const lnAdd = (a: number, b: number): number => {
  const high = a > b ? a : b;
  const low = a > b ? b : a;
  // Also the way out for two logarithms of 0, whose difference is no number.
  if (!(low - high > negligible)) return high;
  return high + Math.log(1 + Math.exp(low - high));
};

/** ln of the mean of e^x over all x; of an empty list: ln 0. */
export const lnMeanExp = (values: readonly number[]): number => {
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > high) high = value;
  if (high === Number.NEGATIVE_INFINITY) return high;
  let sum = 0;
  for (const value of values) if (value - high > negligible) sum += Math.exp(value - high);
  return high + Math.log(sum / values.length);
};

const knownLogarithms = new WeakMap<readonly number[], readonly number[]>();

/** ln of each number of a list that stands for good, worked out once. */
export const logarithmsOf = (values: readonly number[]): readonly number[] => {
  const known = knownLogarithms.get(values);
  if (known !== undefined) return known;
  const logarithms = values.map((value) => Math.log(value));
  knownLogarithms.set(values, logarithms);
  return logarithms;
};
