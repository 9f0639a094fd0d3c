import { expect, test } from 'vitest';
import { catalogue, runBatch } from './catalogue.ts';

/** Enough runs for the bounds to hold with room, few enough for every test run; `npm run simulate` does them all. */
const subset: readonly (readonly [name: string, runs: number])[] = [
  ['literal', 1000],
  ['relative-healthy-10', 600],
  ['relative-healthy-100', 600],
  ['relative-healthy-1000', 600],
  ['relative-0.5', 1000],
  ['relative-1', 500],
  ['relative-5', 300],
  ['absolute-0.09', 600],
  ['absolute-0.5', 500],
  ['onset', 500],
  ['onset-no-change-point', 500],
  ['bursts-raw', 300],
  ['bursts-phi', 500],
  ['lost-healthy', 600],
  ['lost-0.5', 500],
  ['latency-stuck', 200],
  ['throughput-20', 500],
  ['throughput-10', 500],
  ['relative-1.25', 500],
  ['both-m6', 500],
  ['shared-outage', 60],
  ['shared-outage-raw', 60],
  ['product-healthy-0.05-100', 150],
  ['product-healthy-0.05-1000', 80],
  ['product-bad-0.3-100-phi-1', 150],
  ['product-bad-0.3-1000-no-history', 150],
  ['product-bad-0.5-100-phi-1', 150],
  ['product-bad-0.5-100-no-history', 150],
  ['product-outage-1-phi-1', 40],
  ['product-outage-0.2-no-history', 40],
  ['product-outage-unattributed', 20],
  ['product-speed-phi-1', 200],
  ['product-healthy-0.09-1000-no-history', 60],
  ['product-bursty-learned-100', 100],
  ['product-bursty-none-100', 100],
  ['product-bursty-ignored-100', 60],
];

test.each(subset)('simulated: %s', (name, runs) => {
  const endings = runBatch({ name, seed: 1, from: 0, to: runs });
  const figures = catalogue.find((each) => each.name === name)?.figures(endings) ?? [];
  const failing = figures
    .filter(({ holds }) => !holds)
    .map(({ label, text, bound }) => `${label} ${text}, must be ${bound}`);
  expect(figures.length).toBeGreaterThan(0);
  expect(failing).toEqual([]);
});

test('the same seed gives the same endings in whatever batches, another seed others', () => {
  const name = 'relative-0.5';
  const whole = runBatch({ name, seed: 1, from: 0, to: 40 });
  const parts = [...runBatch({ name, seed: 1, from: 0, to: 15 }), ...runBatch({ name, seed: 1, from: 15, to: 40 })];
  expect(parts).toEqual(whole);
  expect(runBatch({ name, seed: 2, from: 0, to: 40 })).not.toEqual(whole);
});
