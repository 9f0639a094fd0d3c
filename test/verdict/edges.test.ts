/** Where one more request, failure or millisecond makes the difference. */
import { describe, expect, test } from 'vitest';
import { attribute } from '../../src/verdict/attribution.ts';
import { addCounts, fractionOf, isClearlyAbove, isCountable } from '../../src/verdict/counts.ts';
import { absoluteRate, relativeRate } from '../../src/verdict/evidence-rate.ts';
import { isGrossFailure } from '../../src/verdict/gross-failure.ts';
import { noEvidence } from '../../src/verdict/mixture.ts';
import { onsetWeight } from '../../src/verdict/prior.ts';
import { addToWindow, emptyWindow } from '../../src/verdict/window.ts';
import { counts, minute, readingOf } from './a-rule.ts';

describe('gross failure', () => {
  const atMs = 60_000;
  const look = (canary: readonly [number, number], stable: readonly [number, number], skewMs = 0) => {
    const arms = { canary: counts(...canary), stable: counts(...stable) };
    const reading = readingOf(atMs, arms);
    return {
      burst: addToWindow(emptyWindow(5_000), { atMs, ...arms }),
      reading: { ...reading, aligned: { ...reading.aligned, toMs: atMs - skewMs } },
      sinceMs: atMs - 5_000,
      split: true,
    };
  };

  test.each([
    ['ten requests, five failed', [10, 5], [100, 0], 0, true],
    ['nine requests, all failed', [9, 9], [100, 0], 0, false],
    ['not half of them', [20, 9], [100, 0], 0, false],
    ['more than half', [20, 15], [100, 0], 0, true],
    ['none', [20, 0], [100, 0], 0, false],
    ['stable fails less than 5 %', [10, 5], [100, 4], 0, true],
    ['stable fails 5 %', [10, 5], [100, 5], 0, false],
    ['stable has no traffic', [10, 5], [0, 0], 9_000, true],
    ['stable was seen 2 s before', [10, 5], [100, 0], 2_000, true],
    ['stable was seen earlier', [10, 5], [100, 0], 2_001, false],
  ] as const)('%s', (_what, canary, stable, skewMs, found) => {
    expect(isGrossFailure(look(canary, stable, skewMs))).toBe(found);
  });

  test('failures of longer ago than five seconds say nothing of when; at 100 % nobody is compared with', () => {
    const grave = look([10, 10], [100, 100]);
    expect(isGrossFailure(grave)).toBe(false);
    expect(isGrossFailure({ ...grave, split: false })).toBe(true);
    expect(isGrossFailure({ ...grave, split: false, sinceMs: atMs - 5_001 })).toBe(false);
  });
});

describe('counts', () => {
  test('add up, and have a bad fraction where something happened', () => {
    expect(addCounts(counts(10, 2), counts(5, 1))).toEqual(counts(15, 3));
    expect(fractionOf(counts(10, 2))).toBe(0.2);
    expect(fractionOf(counts(0, 0))).toBeNull();
  });

  test.each([
    [counts(0, 0), true],
    [counts(10, 2), true],
    [counts(-1, 0), false],
    [counts(1, -1), false],
    [counts(Number.NaN, 0), false],
    [counts(1, Number.POSITIVE_INFINITY), false],
  ])('are only counts if finite and not negative: %#', (given, countable) => {
    expect(isCountable(given)).toBe(countable);
  });

  test.each([
    ['ten failures where ten are due', 10_000, 10, false],
    ['sixteen where ten are due: chance', 10_000, 16, false],
    ['seventeen where ten are due: 2 nats', 10_000, 17, true],
    ['none where none is due', 0, 0, false],
    ['three where one is due: chance', 1_000, 3, false],
    ['four where one is due', 1_000, 4, true],
    ['fewer than are due, beyond chance', 100_000, 40, false],
  ])('are clearly above 0.1 %%: %s', (_what, events, bad, above) => {
    expect(isClearlyAbove(counts(events, bad), 0.001)).toBe(above);
  });
});

describe('how fast evidence grows', () => {
  test('not at all at the limit and below it, nor without an arm to compare', () => {
    expect(absoluteRate(100, 0.001, 0.001)).toBe(0);
    expect(absoluteRate(100, 0, 0.001)).toBe(0);
    const canary = { perSecond: 25, p: 0.001 };
    const stable = { perSecond: 75, p: 0.001 };
    expect(relativeRate({ canary, stable, ratio: 1 })).toBe(0);
    expect(relativeRate({ canary: { ...canary, p: 0 }, stable: { ...stable, p: 0 }, ratio: 1 })).toBe(0);
    expect(relativeRate({ canary: { ...canary, perSecond: 0 }, stable, ratio: 1 })).toBe(0);
    expect(relativeRate({ canary: { ...canary, p: 1 }, stable: { ...stable, perSecond: 0 }, ratio: 1 })).toBe(0);
  });

  test('by the formula: 25 req/s at five times the limit; all failures on the canary', () => {
    expect(absoluteRate(25, 0.005, 0.001)).toBeCloseTo(25 * (0.005 * Math.log(5) - 0.004), 12);
    const alone = relativeRate({ canary: { perSecond: 25, p: 0.01 }, stable: { perSecond: 75, p: 0 }, ratio: 1 });
    expect(alone).toBeCloseTo(0.25 * Math.log(4), 12);
  });
});

describe('the prior of an onset', () => {
  const begun = { ...noEvidence, lnA: [0], rest: 0.5 };

  test('half at once and the rest by time, or all at once', () => {
    expect(onsetWeight('in-time', noEvidence, 0)).toBe(0.5);
    expect(onsetWeight('in-time', begun, 30 * minute)).toBeCloseTo(0.5 * (1 - Math.exp(-1)), 12);
    expect(onsetWeight('in-time', begun, -minute)).toBeCloseTo(0, 12);
    expect(onsetWeight('first-tick', noEvidence, minute)).toBe(1);
    expect(onsetWeight('first-tick', begun, minute)).toBe(0);
  });
});

describe('attribution', () => {
  test('says for every case what the table says', () => {
    const environments = [
      'inside',
      'outside',
      'outside-after-rise',
      'idle-healthy',
      'idle-failing',
      'idle-unknown',
    ] as const;
    const row = (
      absolute: 'breach' | 'inside' | 'inconclusive',
      relative: Parameters<typeof attribute>[0]['relative'],
    ) => environments.map((surroundings) => attribute({ absolute, relative, surroundings }));
    const alone = ['await-relative', 'environment', 'rollback-shared', 'rollback', 'environment', 'rollback'];
    const all = (ruling: string) => environments.map(() => ruling);
    expect(row('breach', 'breach-at-3')).toEqual(all('rollback'));
    expect(row('breach', 'breach')).toEqual(all('rollback'));
    expect(row('breach', 'unused')).toEqual(all('rollback'));
    expect(row('breach', 'not')).toEqual(alone);
    expect(row('breach', 'inconclusive')).toEqual(alone);
    expect(row('breach', 'off')).toEqual(['rollback', ...alone.slice(1)]);
    expect(row('inside', 'breach-at-3')).toEqual(all('worse-than-stable'));
    expect(row('inside', 'breach')).toEqual(all('worse-within-limit'));
    for (const relative of ['not', 'inconclusive', 'off', 'unused'] as const)
      expect(row('inside', relative)).toEqual(all('nothing-wrong'));
    for (const relative of ['breach-at-3', 'breach', 'not', 'inconclusive', 'off', 'unused'] as const)
      expect(row('inconclusive', relative)).toEqual(all('inconclusive'));
  });
});
