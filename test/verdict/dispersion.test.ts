import { describe, expect, it, test } from 'vitest';
import { type Bin, calmBins, type History, learnDispersion, windowsOf } from '../../src/verdict/dispersion.ts';
import { arrive, burstingArm } from '../simulate/arrivals.ts';
import { seeded } from '../simulate/random.ts';
import { counts } from './a-rule.ts';

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

/** Quarters of an hour, which are the longest windows: eight of them are a block. */
const quarters = (...shown: readonly { events: number; bad: number }[]): History => {
  const quarterMs = 900_000;
  return { bins: shown.map((each, i) => ({ atMs: i * quarterMs, ...each })), stepMs: quarterMs, incidents: [] };
};

const alternating = (length: number) => Array.from({ length }, (_, i) => counts(1_000, i % 2 === 0 ? 0 : 10));

describe('by hand', () => {
  it('none and ten by turns: 25 around a mean of 5, in each block of eight', () => {
    const learned = learnDispersion(quarters(...alternating(24)));
    expect(learned?.phi).toBeCloseTo((25 / 5) * (8 / 7), 12);
    expect(learned?.windowMs).toBe(900_000);
  });

  it('less scatter than chance counts as chance', () => {
    expect(learnDispersion(quarters(...Array.from({ length: 24 }, () => counts(1_000, 5))))?.phi).toBe(1);
  });

  it('a block weighs by the bad events in it, and a rate that differs between blocks is no burst', () => {
    const worse = alternating(16).map(({ events, bad }) => counts(events, bad * 3));
    const learned = learnDispersion(quarters(...alternating(8), ...worse));
    expect(learned?.phi).toBeCloseTo(((5 * 40 + 2 * 15 * 120) / 280) * (8 / 7), 12);
  });

  it('twenty windows and twenty bad events are the least that says anything', () => {
    const bare = (windows: number, bad: number) =>
      learnDispersion(quarters(...Array.from({ length: windows }, (_, i) => counts(1_000, i < bad ? 1 : 0))));
    expect(bare(20, 20)).not.toBeNull();
    expect(bare(20, 19)).toBeNull();
    expect(bare(19, 19)).toBeNull();
    expect(learnDispersion(quarters(...alternating(19)))).toBeNull();
  });

  it('windows enough of a short length, and too few of the longest, say nothing', () => {
    const minutes = Array.from({ length: 19 * 15 }, (_, i) => ({ atMs: i * 60_000, ...counts(1_000, i % 3) }));
    const more = Array.from({ length: 20 * 15 }, (_, i) => ({ atMs: i * 60_000, ...counts(1_000, i % 3) }));
    expect(learnDispersion({ bins: minutes, stepMs: 60_000, incidents: [] })).toBeNull();
    expect(learnDispersion({ bins: more, stepMs: 60_000, incidents: [] })).not.toBeNull();
  });

  it('one window of a hundred is left out: the one that is furthest above the usual rate, not the one with most traffic', () => {
    const even = Array.from({ length: 104 }, () => counts(1_000, 5));
    expect(learnDispersion(quarters(...even.with(50, counts(20_000, 100)).with(90, counts(1_000, 60))))?.phi).toBe(1);
    expect(
      learnDispersion(quarters(...even.with(50, counts(1_000, 60)).with(90, counts(1_000, 61))))?.phi,
    ).toBeGreaterThan(1.5);
  });

  it('of fewer than a hundred none is left out', () => {
    const even = Array.from({ length: 96 }, () => counts(1_000, 5));
    expect(learnDispersion(quarters(...even.with(50, counts(1_000, 60))))?.phi).toBeGreaterThan(2);
  });

  it('of windows that scatter alike the shortest is named', () => {
    const even = Array.from({ length: 20 * 60 }, (_, i) => ({ atMs: i * stepMs, ...counts(1_000, 1) }));
    expect(learnDispersion({ bins: even, stepMs, incidents: [] })).toEqual({ phi: 1, windowMs: 15_000 });
  });
});

describe('the bins of a history', () => {
  const five = [0, 1, 2, 3, 4].map((i) => ({ atMs: i * stepMs, ...counts(100, i) }));
  const left = (fromMs: number, toMs: number) =>
    calmBins({ bins: five, stepMs, incidents: [{ fromMs, toMs }] }).map(({ bad }) => bad);

  it('are those that no recorded trouble touches', () => {
    expect(left(stepMs, 3 * stepMs)).toEqual([0, 3, 4]);
    expect(left(stepMs - 1, 3 * stepMs + 1)).toEqual([4]);
    expect(left(5 * stepMs, 9 * stepMs)).toEqual([0, 1, 2, 3, 4]);
    expect(calmBins({ bins: five, stepMs, incidents: [] })).toBe(five);
  });

  it('add up to windows that begin at whole lengths; one without an event is none', () => {
    const given = [...five.slice(1), { atMs: 5 * stepMs, ...counts(0) }, { atMs: 9 * stepMs, ...counts(50, 7) }];
    expect(windowsOf(given, 2 * stepMs)).toEqual([
      { atMs: 0, ...counts(100, 1) },
      { atMs: 2 * stepMs, ...counts(200, 5) },
      { atMs: 4 * stepMs, ...counts(100, 4) },
      { atMs: 8 * stepMs, ...counts(50, 7) },
    ]);
  });
});
