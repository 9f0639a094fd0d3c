/** Dispersion of histories that are small enough to work it out by hand. */
import { describe, expect, it } from 'vitest';
import { calmBins, type History, learnDispersion, windowsOf } from '../../src/verdict/dispersion.ts';
import { counts } from './a-rule.ts';

const stepMs = 15_000;

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

  it('what comes in lumps of a quarter of an hour shows in windows of that length', () => {
    const lumps = Array.from({ length: 24 * 15 }, (_, i) => ({
      atMs: i * 60_000,
      ...counts(1_000, Math.floor(i / 15) % 2 === 0 ? 0 : 2),
    }));
    const learned = learnDispersion({ bins: lumps, stepMs: 60_000, incidents: [] });
    expect(learned?.phi).toBeCloseTo(15 * (8 / 7), 12);
    expect(learned?.windowMs).toBe(900_000);
  });

  it('windows hours apart say nothing of each other', () => {
    expect(learnDispersion(quarters(...alternating(24), counts(1_000, 10)))?.phi).toBeCloseTo(5 * (8 / 7), 12);
    const { bins, ...rest } = quarters(...alternating(48));
    expect(learnDispersion({ ...rest, bins: bins.map((bin, i) => ({ ...bin, atMs: i * 7_200_000 })) })).toBeNull();
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
    const twice = [0, 3].map((i) => ({ fromMs: i * stepMs, toMs: (i + 1) * stepMs }));
    expect(calmBins({ bins: five, stepMs, incidents: twice }).map(({ bad }) => bad)).toEqual([1, 2, 4]);
  });

  it('add up to windows that begin at whole lengths; one without an event is none', () => {
    const given = [...five.slice(1), { atMs: 7 * stepMs, ...counts(0) }, { atMs: 9 * stepMs, ...counts(50, 7) }];
    expect(windowsOf(given, 2 * stepMs)).toEqual([
      { atMs: 0, ...counts(100, 1) },
      { atMs: 2 * stepMs, ...counts(200, 5) },
      { atMs: 4 * stepMs, ...counts(100, 4) },
      { atMs: 8 * stepMs, ...counts(50, 7) },
    ]);
  });
});
