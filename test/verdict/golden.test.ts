import { expect, test } from 'vitest';
import type { Counts } from '../../src/metrics/reading.ts';
import { absoluteTick, breachRatios } from '../../src/verdict/absolute.ts';
import { addHealth, healthRatios, isProven } from '../../src/verdict/health.ts';
import { addTick, type Evidence, noEvidence, type Tick } from '../../src/verdict/mixture.ts';
import { relativeTick } from '../../src/verdict/relative.ts';

const canary: readonly Counts[] = [
  { events: 375, bad: 3 },
  { events: 380, bad: 5 },
];
const stable: readonly Counts[] = [
  { events: 1125, bad: 1 },
  { events: 1100, bad: 0 },
];
const sevenGrid = breachRatios.filter((r) => r !== 1.25);

const allAtOnce = [1, 0];
const uniform = [1 / 220, 1 / 220];
const halfFirst = [0.5, 0.5 / 219];

const relative = (ratio: number, ratios: readonly number[], phi: number) => (i: number) =>
  relativeTick({ ratio, ratios, phi }, canary[i] as Counts, stable[i] as Counts);
const absolute = (ratios: readonly number[]) => (i: number) =>
  absoluteTick({ p0: 0.001, ratios, phi: 1 }, canary[i] as Counts);

const run = (tick: (i: number) => Tick, prior: readonly number[]): readonly number[] => {
  const seen: number[] = [];
  prior.reduce<Evidence>((evidence, weight, i) => {
    const next = addTick(evidence, tick(i), weight);
    seen.push(next.lnNow);
    return next;
  }, noEvidence);
  return seen;
};

test.each([
  ['relative, no change point', relative(1, sevenGrid, 1), allAtOnce, 1.6263177611057618, 7.070204749441287, 9],
  ['relative, r0 = 1.5', relative(1.5, sevenGrid, 1), allAtOnce, 0.9884484239465735, 5.049371422453495, 9],
  ['relative, phi = 5', relative(1, sevenGrid, 5), allAtOnce, 0.30398526260778863, 1.2425177672587888, 9],
  ['absolute', absolute(sevenGrid), allAtOnce, 2.4809770513010156, 9.850609057440694, 9],
  ['relative, uniform prior', relative(1, sevenGrid, 1), uniform, 0.018398413647753797, 2.0097635268329093, 9],
  ['absolute, uniform prior', absolute(sevenGrid), uniform, 0.04858640898583322, 4.501321331135796, 9],
  ['default relative, r0 = 1', relative(1, breachRatios, 1), halfFirst, 1.0369221, 6.24586719, 7],
  ['default relative, r0 = 1.25', relative(1.25, breachRatios, 1), halfFirst, 0.76045896, 5.09680886, 7],
  ['default absolute', absolute(breachRatios), halfFirst, 1.76482606, 9.02418223, 7],
] as const)('golden vector: %s', (_name, tick, prior, first, second, digits) => {
  const [lnFirst, lnSecond] = run(tick, prior);
  const tolerance = 10 ** -digits;
  expect(Math.abs((lnFirst as number) - first)).toBeLessThanOrEqual(tolerance);
  expect(Math.abs((lnSecond as number) - second)).toBeLessThanOrEqual(tolerance);
});

test('a perfect canary proves 0.1 % with 4,020 requests and not much sooner', () => {
  const proof = (events: number) =>
    addHealth(noEvidence, absoluteTick({ p0: 0.001, phi: 1, ratios: healthRatios }, { events, bad: 0 }));
  expect(isProven(proof(4_010), 0.05)).toBe(false);
  expect(isProven(proof(4_020), 0.05)).toBe(true);
});
