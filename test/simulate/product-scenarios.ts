/** The rows of the second table: the product's defaults as a whole, healthy canaries and bad ones, and what is published. */
import { convictedBy, type Ending, share } from './ending.ts';
import { literalRule } from './one-rule.ts';
import { type Bound, chance, type Figure, type Scenario, time } from './scenarios.ts';
import { planMinutes, release } from './whole-product.ts';

const runs = 2_000;
const referenceRuns = 4_000;

/** Three standard deviations of the difference of both shares, and half a point: the designers' table is rounded. */
const near = (reference: number, found: number): Bound => {
  const error = 3 * Math.sqrt(reference * (1 - reference) * (1 / referenceRuns + 1 / found)) + 0.005;
  return { atLeast: Math.max(0, reference - error), atMost: Math.min(1, reference + error) };
};

interface Healthy {
  readonly rate: number;
  readonly total: number;
  /** Promoted by 120 min, within plan + 10 %, within plan + 25 %. */
  readonly reference: readonly [number, number, number];
}

const healthyRow = ({ rate, total, reference }: Healthy): Scenario => ({
  name: `product-healthy-${rate}-${total}`,
  title: `healthy ${rate} %, ${total} req/s`,
  reference: `0 / ${reference.map((share) => `${Math.round(share * 1000) / 10} %`).join(' / ')}`,
  runs,
  run: (random) => release(random, { total, canary: rate / 100, stable: rate / 100 }),
  figures: (endings) => [
    chance('P(healthy rolled back)', share(endings, 'convicted'), { atMost: 0.001 }),
    chance('promoted by 120 min', share(endings, 'promoted'), near(reference[0], endings.length)),
    chance('within plan + 10 %', share(endings, 'promoted', planMinutes * 1.1), near(reference[1], endings.length)),
    chance('within plan + 25 %', share(endings, 'promoted', planMinutes * 1.25), near(reference[2], endings.length)),
  ],
});

const healthyRows: readonly Scenario[] = (
  [
    { rate: 0.05, total: 10, reference: [0.98, 0, 0.86] },
    { rate: 0.05, total: 100, reference: [1, 0.99, 1] },
    { rate: 0.05, total: 1000, reference: [1, 1, 1] },
    { rate: 0.08, total: 10, reference: [0.72, 0, 0.45] },
    { rate: 0.08, total: 100, reference: [0.98, 0.74, 0.85] },
    { rate: 0.08, total: 1000, reference: [1, 0.995, 1] },
    { rate: 0.09, total: 10, reference: [0.53, 0, 0.29] },
    { rate: 0.09, total: 100, reference: [0.84, 0.46, 0.56] },
    { rate: 0.09, total: 1000, reference: [0.997, 0.89, 0.96] },
  ] satisfies Healthy[]
).map(healthyRow);

interface Bad {
  readonly rate: number;
  readonly total: number;
  readonly history: 'phi = 1' | 'none';
  /** Median and p90, minutes; null: mostly held. */
  readonly reference: readonly [number, number] | null;
}

/** A tick of 15 s either way, and 8 % of sampling error of a quantile. */
const nearTime = (reference: number): Bound => ({
  atLeast: Math.max(0, reference * 0.92 - 0.25),
  atMost: reference * 1.08 + 0.25,
});

const badFigures = (endings: readonly Ending[], reference: Bad['reference']): readonly Figure[] => [
  chance('P(bad passes)', share(endings, 'promoted'), { atMost: 0.001 }),
  chance('convicted', share(endings, 'convicted')),
  time('median', convictedBy(endings, 0.5), reference === null ? {} : nearTime(reference[0])),
  time('p90', convictedBy(endings, 0.9), reference === null ? {} : nearTime(reference[1])),
];

const badRow = ({ rate, total, history, reference }: Bad): Scenario => ({
  name: `product-bad-${rate}-${total}-${history === 'none' ? 'no-history' : 'phi-1'}`,
  title: `canary ${rate} %, ${total} req/s, ${history === 'none' ? 'no history (phi = 3, w_1 = 1)' : 'phi = 1, prior in time'}`,
  reference: reference === null ? 'mostly held' : `${reference[0]} / ${reference[1]} min`,
  runs,
  run: (random) =>
    release(random, {
      total,
      canary: rate / 100,
      stable: 0.0005,
      ...(history === 'none' && { settings: { phi: 3, changePoint: 'first-tick' } }),
    }),
  figures: (endings) => badFigures(endings, reference),
});

const badRows: readonly Scenario[] = (
  [
    { rate: 0.2, total: 10, history: 'phi = 1', reference: null },
    { rate: 0.2, total: 100, history: 'phi = 1', reference: [18, 32] },
    { rate: 0.2, total: 1000, history: 'phi = 1', reference: [2, 3.5] },
    { rate: 0.3, total: 10, history: 'phi = 1', reference: [57, 91] },
    { rate: 0.3, total: 100, history: 'phi = 1', reference: [6.3, 10] },
    { rate: 0.3, total: 1000, history: 'phi = 1', reference: [0.75, 1.25] },
    { rate: 0.5, total: 10, history: 'phi = 1', reference: [23, 38] },
    { rate: 0.5, total: 100, history: 'phi = 1', reference: [2.5, 4] },
    { rate: 0.5, total: 1000, history: 'phi = 1', reference: [0.25, 0.5] },
    { rate: 0.2, total: 100, history: 'none', reference: [54, 76] },
    { rate: 0.2, total: 1000, history: 'none', reference: [5.5, 7.8] },
    { rate: 0.3, total: 10, history: 'none', reference: null },
    { rate: 0.3, total: 100, history: 'none', reference: [17, 23] },
    { rate: 0.3, total: 1000, history: 'none', reference: [1.75, 2.5] },
    { rate: 0.5, total: 10, history: 'none', reference: [65, 90] },
    { rate: 0.5, total: 100, history: 'none', reference: [6.8, 9] },
    { rate: 0.5, total: 1000, history: 'none', reference: [0.75, 1] },
  ] satisfies Bad[]
).map(badRow);

const literalRow = (total: number): Scenario => ({
  name: `literal-beside-${total}`,
  title: `the literal rule beside it: healthy 0.05 %, ${total} req/s`,
  reference: { 10: '98.3 %', 100: '80.8 %', 1000: '13.4 %' }[total] ?? '',
  runs,
  run: (random) => literalRule(random, { total, canary: 0.0005, limit: 0.001 }),
  figures: (endings) => [chance('rolled back', share(endings, 'convicted'))],
});

export const product: readonly Scenario[] = [...healthyRows, ...badRows, ...[10, 100, 1000].map(literalRow)];
