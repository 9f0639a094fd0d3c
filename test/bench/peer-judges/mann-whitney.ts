/** Mann-Whitney U of two samples, with the confidence interval of the shift between them: normal approximation, ties and continuity corrected. */

export interface Shift {
  /** Pairs in which the first sample's value is the larger one; a tie counts half. */
  readonly u: number;
  readonly pValue: number;
  /** Hodges-Lehmann: the median of all pairwise differences. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** How far `x` lies above `y`. */
export const shiftOf = (x: readonly number[], y: readonly number[], confidence: number): Shift => {
  const differences = new Float64Array(x.length * y.length);
  x.forEach((a, i) => y.forEach((b, j) => (differences[i * y.length + j] = a - b)));
  differences.sort();
  const pairs = differences.length;
  const u = differences.reduce((sum, d) => sum + (d > 0 ? 1 : d === 0 ? 0.5 : 0), 0);
  const z = Math.max(0, Math.abs(u - pairs / 2) - 0.5) / spread(x, y, tiesOf([...x, ...y]));
  // Between two differences no value of one sample equals one of the other: only ties within a sample are left there.
  const reach = normalQuantile((1 + confidence) / 2) * spread(x, y, tiesOf(x) + tiesOf(y));
  const above = Math.ceil(pairs / 2 + 0.5 + reach);
  return {
    u,
    pValue: Math.min(1, 2 * normalTail(z)),
    estimate: (at(differences, (pairs - 1) >> 1) + at(differences, pairs >> 1)) / 2,
    low: at(differences, pairs - above),
    high: at(differences, above - 1),
  };
};

/** The k-th least difference; the outermost one where there are not enough of them. */
const at = (sorted: Float64Array, k: number): number => sorted[Math.max(0, Math.min(sorted.length - 1, k))] as number;

/** Standard deviation of U where nothing differs. */
const spread = ({ length: m }: readonly number[], { length: n }: readonly number[], ties: number): number =>
  Math.sqrt(((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1))));

const tiesOf = (values: readonly number[]): number => {
  const times = new Map<number, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  let ties = 0;
  for (const t of times.values()) ties += t ** 3 - t;
  return ties;
};

/** 1 - Phi(z) for z >= 0: the continued fraction where it converges fast, the series of Phi below. */
const normalTail = (z: number): number => {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 2) {
    let term = z;
    let sum = z;
    for (let k = 3; term > 1e-17 * sum; k += 2) sum += term *= (z * z) / k;
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = 200; k > 0; k--) fraction = z + k / fraction;
  return density / fraction;
};

/** By halving: precise, and called once for each confidence. */
const normalQuantile = (p: number): number => {
  let [low, high] = [0, 40];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > 1 - p) low = middle;
    else high = middle;
  }
  return low;
};
