/** Healthy releases of a service whose errors come in bursts that last for minutes: by a week's history, and by what is seen on the way. */
import { dispersionCap } from '../../src/verdict/dispersion.ts';
import { assumedDispersion } from '../../src/verdict/settings.ts';
import type { LastingBursts } from './arrivals.ts';
import { type BurstyService, learnedPhi } from './bursty-service.ts';
import { share } from './ending.ts';
import { type Random, seeded } from './random.ts';
import { chance, type Scenario } from './scenarios.ts';
import { release } from './whole-product.ts';

const bursts: LastingBursts = { size: 5, seconds: 300 };
const errorRate = 0.0009;

/** Services that releases are drawn from: a week of each is learned once. */
const services = 20;
const weeks = new Map<string, number | null>();

const learnedOf = (service: BurstyService, which: number): number | null => {
  const key = `${service.total}/${which}`;
  const known = weeks.has(key) ? (weeks.get(key) ?? null) : learnedPhi(seeded(which + 1), service);
  weeks.set(key, known);
  return known;
};

const learned = (random: Random, total: number) => {
  const phi = learnedOf({ total, errorRate, bursts }, Math.floor(random.next() * services));
  if (phi === null) return assumedDispersion;
  return { phi: Math.min(dispersionCap, phi), changePoint: 'in-time', from: 'history' } as const;
};

type Knowledge = 'learned' | 'none' | 'ignored';

const titles: Readonly<Record<Knowledge, string>> = {
  learned: 'learned phi',
  none: 'no history, phi online',
  ignored: 'phi = 1 (negative control)',
};

const row = (knowledge: Knowledge, total: number): Scenario => ({
  name: `product-bursty-${knowledge}-${total}`,
  title: `bursts of 5 over 5 min, ${total} req/s, ${titles[knowledge]}`,
  reference: 'healthy, 0.09 %',
  runs: 2_000,
  run: (random) =>
    release(random, {
      total,
      canary: errorRate,
      stable: errorRate,
      lasting: bursts,
      ...(knowledge === 'learned' && { settings: learned(random, total) }),
      ...(knowledge === 'none' && { settings: assumedDispersion }),
    }),
  figures: (endings) => [
    chance(
      'P(healthy rolled back)',
      share(endings, 'convicted'),
      knowledge === 'ignored' ? { atLeast: 0.05 } : { atMost: 0.01 },
    ),
    chance('promoted by 120 min', share(endings, 'promoted')),
  ],
});

export const bursty: readonly Scenario[] = [
  ...[10, 100, 1000].map((total) => row('learned', total)),
  ...[10, 100, 1000].map((total) => row('none', total)),
  row('ignored', 100),
];
