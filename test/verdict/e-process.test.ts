import { expect, test } from 'vitest';
import { absoluteTick, breachRatios } from '../../src/verdict/absolute.ts';
import { addHealth, healthRatios } from '../../src/verdict/health.ts';
import { addTick, type Evidence, noEvidence, type Tick } from '../../src/verdict/mixture.ts';
import { onsetWeight } from '../../src/verdict/prior.ts';
import { relativeTick } from '../../src/verdict/relative.ts';
import { lostShareRatios, shareTick } from '../../src/verdict/share.ts';
import { arrive } from '../simulate/arrivals.ts';
import { poisson, type Random, seeded } from '../simulate/random.ts';

const runs = 1500;
const ticks = 120;
const level = 0.1;

/** How often E ever reaches 1/level when all is exactly at the edge of well: at most `level`, by Ville's inequality. */
const everReached = (draw: (random: Random) => Tick, add: (evidence: Evidence, tick: Tick) => Evidence): number => {
  let reached = 0;
  for (let run = 0; run < runs; run++) {
    const random = seeded(run);
    let evidence = noEvidence;
    for (let i = 0; i < ticks; i++) evidence = add(evidence, draw(random));
    if (evidence.lnMax >= -Math.log(level)) reached += 1;
  }
  return reached / runs;
};

const inTime = (evidence: Evidence, tick: Tick): Evidence =>
  addTick(evidence, tick, onsetWeight('in-time', evidence, 15_000));

const binomial = (random: Random, n: number, p: number): number => {
  let bad = 0;
  for (let i = 0; i < n; i++) if (random.next() < p) bad += 1;
  return bad;
};

test.each<[string, (random: Random) => Tick, (evidence: Evidence, tick: Tick) => Evidence]>([
  [
    'absolute, Poisson form, at the limit',
    (random) =>
      absoluteTick(
        { p0: 0.002, phi: 1, ratios: breachRatios },
        arrive(random, { perSecond: 40, errorRate: 0.002 }, 15),
      ),
    inTime,
  ],
  [
    'absolute, Bernoulli form, at the limit',
    (random) =>
      absoluteTick({ p0: 0.05, phi: 1, ratios: breachRatios }, { events: 80, bad: binomial(random, 80, 0.05) }),
    inTime,
  ],
  [
    'relative, at the ratio, with a rate that wanders and arms that change',
    (random) => {
      const errorRate = 0.002 + 0.02 * random.next();
      const perSecond = 5 + 60 * random.next();
      return relativeTick(
        { ratio: 1.25, phi: 1, ratios: breachRatios },
        arrive(random, { perSecond, errorRate: errorRate * 1.25 }, 15),
        arrive(random, { perSecond: 70 - perSecond, errorRate }, 15),
      );
    },
    inTime,
  ],
  [
    'share, at the allowed drop',
    (random) =>
      shareTick(
        { weight: 0.25, drop: 0.1, phi: 1, ratios: lostShareRatios },
        poisson(random, 100 * 0.25 * 0.9),
        poisson(random, 100 * 0.75),
      ),
    inTime,
  ],
  [
    'health, at the limit',
    (random) =>
      absoluteTick(
        { p0: 0.002, phi: 1, ratios: healthRatios },
        arrive(random, { perSecond: 40, errorRate: 0.002 }, 15),
      ),
    addHealth,
  ],
])('%s: wrong at most as often as it says, however often one looks', (_name, draw, add) => {
  const slack = 3 * Math.sqrt((level * (1 - level)) / runs);
  const rate = everReached(draw, add);
  expect(rate).toBeLessThanOrEqual(level + slack);
  expect(rate).toBeGreaterThan(0.002);
});

test('the prior runs in time: four ticks of 15 s spend what one of a minute does', () => {
  const spend = (tickMs: number, count: number): number => {
    let evidence: Evidence = { ...noEvidence, lnA: [0], rest: 0.5 };
    for (let i = 0; i < count; i++)
      evidence = { ...evidence, rest: evidence.rest - onsetWeight('in-time', evidence, tickMs) };
    return evidence.rest;
  };
  expect(spend(15_000, 4)).toBeCloseTo(spend(60_000, 1), 12);
  expect(spend(30 * 60_000, 1)).toBeCloseTo(0.5 / Math.E, 12);
});
