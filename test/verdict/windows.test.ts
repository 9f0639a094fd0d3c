/** The last minutes of counts: what is in them, what has left, and how little is kept. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addToWindow, emptyWindow, firstCounted, sumAfter, type Window, windowBack } from '../../src/verdict/window.ts';
import { counts } from './a-rule.ts';

const add = (window: Window, atMs: number, canary = counts(1), stable = counts(3)): Window =>
  addToWindow(window, { atMs, canary, stable });

test('samples within a twentieth of the length share a slot, which has the time of its first', () => {
  const first = add(emptyWindow(100), 1_000, counts(10, 1), counts(30, 3));
  const shared = add(first, 1_004, counts(5, 2), counts(6, 4));
  expect(shared.slots).toEqual([1_000, 15, 3, 36, 7]);
  expect(add(shared, 1_005).slots).toEqual([1_000, 15, 3, 36, 7, 1_005, 1, 0, 3, 0]);
  expect(first.slots).toEqual([1_000, 10, 1, 30, 3]);
  expect(shared.lengthMs).toBe(100);
});

test('what is as old as the window has left it', () => {
  const window = add(add(emptyWindow(100), 1_000), 1_050);
  expect(add(window, 1_099).slots).toHaveLength(15);
  expect(add(window, 1_100).slots.slice(0, 5)).toEqual([1_050, 1, 0, 3, 0]);
  expect(add(window, 1_150).slots).toHaveLength(5);
});

test('the sum is of what came after a moment, for each arm', () => {
  const window = add(add(emptyWindow(100), 1_000, counts(10, 1), counts(30, 3)), 1_050, counts(7, 2), counts(8, 4));
  expect(sumAfter(window, 'canary', 999)).toEqual(counts(17, 3));
  expect(sumAfter(window, 'stable', 999)).toEqual(counts(38, 7));
  expect(sumAfter(window, 'canary', 1_000)).toEqual(counts(7, 2));
  expect(sumAfter(window, 'stable', 1_050)).toEqual(counts(0));
  expect(sumAfter(emptyWindow(100), 'canary', 0)).toEqual(counts(0));
});

test('the first that was counted of each arm', () => {
  const window = add(add(emptyWindow(100), 1_000, counts(0), counts(3)), 1_050, counts(7), counts(0));
  expect(firstCounted(window, 'canary')).toBe(1_050);
  expect(firstCounted(window, 'stable')).toBe(1_000);
  expect(firstCounted(emptyWindow(100), 'canary')).toBeNull();
  expect(firstCounted(add(emptyWindow(100), 5, counts(0)), 'canary')).toBeNull();
});

test('moved back, only the times are others', () => {
  const window = add(add(emptyWindow(100), 1_000), 1_050);
  expect(windowBack(window, 400)).toEqual({ lengthMs: 100, slots: [600, 1, 0, 3, 0, 650, 1, 0, 3, 0] });
});

test('it stays small, and never loses what is young by more than a slot', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 200 }), (gaps) => {
      let [window, atMs] = [emptyWindow(100), 0];
      const times: number[] = [];
      for (const gap of gaps) {
        atMs += gap;
        times.push(atMs);
        window = add(window, atMs);
      }
      expect(window.slots.length / 5).toBeLessThanOrEqual(21);
      const { events } = sumAfter(window, 'canary', atMs - 100);
      const younger = (than: number): number => times.filter((each) => each > than).length;
      expect(events).toBeLessThanOrEqual(younger(atMs - 100));
      expect(events).toBeGreaterThanOrEqual(younger(atMs - 95));
    }),
  );
});
