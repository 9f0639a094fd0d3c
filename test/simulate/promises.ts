/** What is promised beyond the tables: an outage of everything, speed at the shipped defaults, a service without history. */

import { absoluteRate, relativeRate } from '../../src/verdict/evidence-rate.ts';
import type { JudgeSettings } from '../../src/verdict/settings.ts';
import { defaultJudgeSettings } from '../../src/verdict/settings.ts';
import { errorRate, settings as known } from '../verdict/a-rule.ts';
import { convictedBy, share } from './ending.ts';
import { chance, fires, type Scenario, time } from './scenarios.ts';
import { sharedOutage } from './shared-outage.ts';
import { planMinutes, release } from './whole-product.ts';

/** As shipped, for a service that nothing is known of. */
const unknown: JudgeSettings = { ...known, ...defaultJudgeSettings };
const histories = [
  { name: 'phi-1', title: 'phi = 1', settings: known },
  { name: 'no-history', title: 'no history', settings: unknown },
] as const;

/** More than `sharedWindow` after the weight was raised. */
const longAfter = { beginsMinute: [10, 14], watermark: 'on', ratio: errorRate.ratio } as const;

const outages: readonly Scenario[] = histories.flatMap(({ name, title, settings }) =>
  [1, 0.2].map((failing) => ({
    name: `product-outage-${failing}-${name}`,
    title: `${failing * 100} % of all fail for 60 s long after a raise, ${title}`,
    reference: 'rolled back <= 0.5 %',
    runs: 1_000,
    run: (random) => sharedOutage(random, { ...longAfter, failing, settings, compare: 'both' }),
    figures: fires({ atMost: 0.005 }),
  })),
);

const unattributed: Scenario = {
  name: 'product-outage-unattributed',
  title: 'the same by the limit alone (negative control)',
  reference: '',
  runs: 300,
  run: (random) => sharedOutage(random, { ...longAfter, failing: 1, settings: known, compare: 'absolute' }),
  figures: fires({ atLeast: 0.9 }),
};

const rise = { total: 100, canary: 0.005, stable: 0.001 } as const;

/** ln(m/alpha) phi / g of the slower of both tests, minutes. */
const leastMinutes = ({ rules, alpha, phi }: JudgeSettings): number => {
  const arms = { canary: { perSecond: 25, p: rise.canary }, stable: { perSecond: 75, p: rise.stable } };
  const nats = Math.min(absoluteRate(25, rise.canary, 0.001), relativeRate({ ...arms, ratio: errorRate.ratio }));
  return (Math.log(rules / alpha) * phi) / nats / 60;
};

const speed: readonly Scenario[] = histories.map(({ name, title, settings }) => ({
  name: `product-speed-${name}`,
  title: `0.1 -> 0.5 %, 100 req/s, 25 %, the product, ${title}`,
  reference: `1.6 x ln(m/alpha)/g, g at r0 = 1.25`,
  runs: 2_000,
  run: (random) => release(random, { ...rise, settings }),
  figures: (endings) => [
    time('median', convictedBy(endings, 0.5), { atMost: 1.6 * leastMinutes(settings) }),
    time('p90', convictedBy(endings, 0.9)),
    chance('P(bad passes)', share(endings, 'promoted'), { atMost: 0.001 }),
  ],
}));

const withoutHistory: readonly Scenario[] = [0.05, 0.09].flatMap((rate) =>
  [10, 100, 1000].map((total) => ({
    name: `product-healthy-${rate}-${total}-no-history`,
    title: `healthy ${rate} %, ${total} req/s, no history`,
    reference: 'rolled back <= 0.1 %',
    runs: 2_000,
    run: (random) => release(random, { total, canary: rate / 100, stable: rate / 100, settings: unknown }),
    figures: (endings) => [
      chance('P(healthy rolled back)', share(endings, 'convicted'), { atMost: 0.001 }),
      chance('promoted by 120 min', share(endings, 'promoted')),
      chance('within plan + 10 %', share(endings, 'promoted', planMinutes * 1.1)),
    ],
  })),
);

export const promises: readonly Scenario[] = [...outages, unattributed, ...speed, ...withoutHistory];
