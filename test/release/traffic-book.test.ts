import { describe, expect, it } from 'vitest';
import { countTraffic, longestInterruption, type TrafficBook } from '../../src/release/traffic-book.ts';

type Step = readonly [atMs: number, ok: number, failed: number];

/** As the counters of a data plane stand at each look. */
const counted = (...looks: readonly Step[]): TrafficBook => {
  const book = looks.reduce<TrafficBook | null>(
    (before, [atMs, ok, failed]) =>
      countTraffic(before, { by: 'router', kind: 'counters', answered: { ok, failed }, askedMs: atMs, atMs }),
    null,
  );
  if (book === null) throw new Error('no look');
  return book;
};

describe('what became of the requests', () => {
  it('counts from the first look on, not what was before', () => {
    expect(counted([0, 1_000, 7], [1_000, 1_100, 9])).toMatchObject({ ok: 100, failed: 2, longest: null });
  });

  it('sees no interruption while anybody is answered in each look', () => {
    expect(longestInterruption(counted([0, 0, 0], [1_000, 5, 95], [2_000, 6, 190], [3_000, 7, 300]))).toBeNull();
  });

  it('gives an interruption two bounds, and the failures in it', () => {
    const book = counted([0, 0, 0], [1_000, 10, 0], [2_000, 10, 8], [3_000, 10, 20], [4_000, 15, 21]);
    expect(longestInterruption(book)).toEqual({ seenAtMs: 1_000, leastMs: 2_000, mostMs: 4_000, failed: 20 });
  });

  it('knows of looks that follow each other faster than requests that the last answer was before them', () => {
    const book = counted([0, 0, 0], [1_000, 10, 0], [1_001, 10, 0], [1_002, 10, 0], [2_000, 10, 3], [3_000, 12, 3]);
    expect(longestInterruption(book)).toMatchObject({ leastMs: 998, mostMs: 3_000 });
  });

  it('tells of one that goes on', () => {
    const book = counted([0, 0, 0], [1_000, 10, 0], [2_000, 10, 8], [40_000, 10, 20]);
    expect(longestInterruption(book)).toMatchObject({ mostMs: 40_000, failed: 20 });
    expect(book.longestUnseenMs).toBe(38_000);
  });

  it('keeps the longest of several', () => {
    const book = counted(
      ...([
        [0, 0, 0],
        [1_000, 1, 0],
        [2_000, 1, 1],
        [3_000, 1, 2],
        [4_000, 1, 3],
        [5_000, 2, 3],
      ] as const),
      ...([
        [6_000, 2, 4],
        [7_000, 3, 4],
      ] as const),
    );
    expect(longestInterruption(book)?.failed).toBe(3);
  });

  it('takes time without requests for nothing known, not for an interruption', () => {
    expect(longestInterruption(counted([0, 0, 0], [1_000, 9, 0], [90_000, 9, 0], [91_000, 10, 0]))).toBeNull();
  });

  it('counts on when the data plane began anew', () => {
    expect(counted([0, 100, 5], [1_000, 200, 5], [2_000, 30, 1])).toMatchObject({ ok: 130, failed: 1 });
  });

  it('adds what is new each time where nobody keeps counters', () => {
    const look = (atMs: number, ok: number, failed: number) =>
      ({ by: 'error_rate', kind: 'new', answered: { ok, failed }, askedMs: atMs, atMs }) as const;
    const book = countTraffic(countTraffic(null, look(0, 50, 0)), look(1_000, 30, 2));
    expect(book).toMatchObject({ ok: 30, failed: 2, by: 'error_rate' });
    expect(countTraffic(book, look(1_000, 30, 2))).toBe(book);
    expect(countTraffic(book, { ...look(2_000, 1, 1), by: 'router' })).toBe(book);
  });
});
