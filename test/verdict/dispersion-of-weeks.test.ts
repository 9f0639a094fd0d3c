/** Dispersion as it is learned from simulated weeks: too slow to be run against each mutant, and partly by chance. */
import { describe, expect, it, test } from 'vitest';
import { type Bin, type History, learnDispersion } from '../../src/verdict/dispersion.ts';
import { arrive, burstingArm } from '../simulate/arrivals.ts';
import { seeded } from '../simulate/random.ts';

const stepMs = 15_000;
const days = 7;
const bins = days * 5760;

const week = (draw: (i: number) => Omit<Bin, 'atMs'>): History => ({
  bins: Array.from({ length: bins }, (_, i) => ({ atMs: i * stepMs, ...draw(i) })),
  stepMs,
  incidents: [],
});

const random = () => seeded(3);

const alone = (total: number, errorRate: number): History => {
  const source = random();
  return week(() => arrive(source, { perSecond: total, errorRate }, 15));
};

const inBursts = (total: number, bursts: { size: number; seconds: number }): History => {
  const arm = burstingArm(random(), bursts, 15);
  return week(() => arm({ perSecond: total, errorRate: 0.0005 }));
};

describe('what a week shows', () => {
  it.each([10, 100, 1000])('errors that come alone have 1, at %i requests/s', (total) => {
    expect(learnDispersion(alone(total, 0.0005))?.phi).toBeLessThan(1.15);
  });

  it.each([
    [100, 5, 300, 6, 9],
    [1000, 5, 300, 6, 9],
    [100, 3, 15, 4, 6],
    [1000, 2, 60, 2, 3.5],
  ])('bursts at %i requests/s of %i over %i s have twice their size, less one', (total, size, seconds, least, most) => {
    const phi = learnDispersion(inBursts(total, { size, seconds }))?.phi;
    expect(phi).toBeGreaterThan(least);
    expect(phi).toBeLessThan(most);
  });

  it('bursts that outlast a short window show in a long one', () => {
    expect(learnDispersion(inBursts(100, { size: 5, seconds: 300 }))?.windowMs).toBe(900_000);
  });

  it('a rate that follows the hours is no burst', () => {
    const source = random();
    const rising = week((i) =>
      arrive(source, { perSecond: 1000, errorRate: 0.0005 * (1 + 0.5 * Math.sin(i / 917)) }, 15),
    );
    expect(learnDispersion(rising)?.phi).toBeLessThan(3);
  });

  it('an incident is left out where it was recorded, and where it is among the worst windows', () => {
    const source = random();
    const begins = 20_000 * stepMs;
    const withOutage = (ticks: number): History =>
      week((i) => {
        const isOut = i >= 20_000 && i < 20_000 + ticks;
        return arrive(source, { perSecond: 100, errorRate: isOut ? 0.3 : 0.0005 }, 15);
      });
    expect(learnDispersion(withOutage(20))?.phi).toBeLessThan(1.3);
    const long = withOutage(1_500);
    expect(learnDispersion(long)?.phi).toBeGreaterThan(100);
    const recorded = { ...long, incidents: [{ fromMs: begins, toMs: begins + 1_500 * stepMs }] };
    expect(learnDispersion(recorded)?.phi).toBeLessThan(1.3);
  });

  it('steps longer than the shortest windows are windows themselves', () => {
    const coarse = inBursts(100, { size: 3, seconds: 15 });
    const minutes = coarse.bins.filter((_, i) => i % 4 === 0).map((bin, i) => ({ ...bin, atMs: i * 60_000 }));
    expect(learnDispersion({ bins: minutes, stepMs: 60_000, incidents: [] })?.phi).toBeGreaterThan(3);
  });
});

describe('nothing is said', () => {
  it.each([
    ['of an empty history', []],
    ['of three hours', alone(100, 0.0005).bins.slice(0, 720)],
    ['of a week without errors', alone(100, 0).bins],
    ['of a week with few', alone(100, 0.0005).bins.map((bin, i) => ({ ...bin, bad: i % 3000 === 0 ? 1 : 0 }))],
  ])('%s', (_what, some) => {
    expect(learnDispersion({ bins: some, stepMs, incidents: [] })).toBeNull();
  });
});

test('a lone error and no other says nothing of scatter, and neither does one window', () => {
  const some = alone(100, 0.0005).bins.slice(0, 1);
  expect(learnDispersion({ bins: some, stepMs, incidents: [] })).toBeNull();
});
