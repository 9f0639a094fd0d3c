/** Variance over mean of bad events, by hand. */
import { expect, test } from 'vitest';
import type { Counts } from '../../src/metrics/reading.ts';
import { dispersionOf, type Spread } from '../../src/verdict/spread.ts';
import { counts } from './a-rule.ts';

const spreadOf = (windows: readonly Counts[]): Spread => {
  const sum = (of: (each: Counts) => number): number => windows.reduce((total, each) => total + of(each), 0);
  return {
    windows: windows.length,
    events: sum(({ events }) => events),
    bad: sum(({ bad }) => bad),
    bad2: sum(({ bad }) => bad * bad),
    cross: sum(({ bad, events }) => bad * events),
    events2: sum(({ events }) => events * events),
  };
};

const of = (...windows: readonly Counts[]): number | null => dispersionOf(spreadOf(windows));

test('two windows and one bad event are the least that says anything', () => {
  expect(of()).toBeNull();
  expect(of(counts(100, 5))).toBeNull();
  expect(of(counts(100), counts(100))).toBeNull();
  expect(of(counts(0), counts(0))).toBeNull();
  expect(of(counts(100, 1), counts(100))).toBeCloseTo(1, 12);
});

test('is the variance over the mean where all windows are alike', () => {
  expect(of(counts(100, 0), counts(100, 4))).toBeCloseTo(8 / 2, 12);
  expect(of(counts(100, 3), counts(100, 3), counts(100, 3))).toBe(0);
  expect(of(counts(100, 1), counts(100, 2), counts(100, 6))).toBeCloseTo(7 / 3, 12);
});

test('more bad events in a window with more events are no scatter', () => {
  expect(of(counts(100, 1), counts(300, 3), counts(1_000, 10))).toBeCloseTo(0, 12);
});

test('what arithmetic leaves below nothing is nothing', () => {
  expect(dispersionOf({ windows: 2, events: 3, bad: 3, bad2: 1, cross: 1, events2: 0 })).toBe(0);
});
