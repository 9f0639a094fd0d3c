import { expect, it } from 'vitest';
import { judge, startRuleState } from '../../src/verdict/judge.ts';
import { addSeen, nothingSeen, type SeenDispersion, seenPhi } from '../../src/verdict/seen-dispersion.ts';
import { assumedDispersion } from '../../src/verdict/settings.ts';
import { burstingArm } from '../simulate/arrivals.ts';
import { seeded } from '../simulate/random.ts';
import { atStep, counts, errorRate, readingOf, settings } from './a-rule.ts';

const tickMs = 15_000;

const stable = (minutes: number, bursts = { size: 1, seconds: 1 }): SeenDispersion => {
  const arm = burstingArm(seeded(5), bursts, 15);
  let seen = nothingSeen;
  for (let toMs = tickMs; toMs <= minutes * 60_000; toMs += tickMs)
    seen = addSeen(seen, { fromMs: toMs - tickMs, toMs, counts: arm({ perSecond: 750, errorRate: 0.001 }) });
  return seen;
};

it('says nothing before stable has shown twenty errors', () => {
  const few = addSeen(nothingSeen, { fromMs: 0, toMs: tickMs, counts: counts(10_000, 19) });
  expect(seenPhi(few)).toBeNull();
  expect(seenPhi(addSeen(few, { fromMs: tickMs, toMs: 2 * tickMs, counts: counts(10_000, 1) }))).not.toBeNull();
});

it('rises at once where stable is burstier than was assumed', () => {
  const bursty = stable(10, { size: 10, seconds: 60 });
  expect(seenPhi(bursty)).toBeGreaterThan(6);
});

it('does not fall below what was assumed before bursts of minutes could have shown', () => {
  expect(seenPhi(stable(20))).toBeGreaterThanOrEqual(3);
  expect(seenPhi(stable(31))).toBeLessThan(3);
});

const seenIn = (...bad: readonly number[]): SeenDispersion =>
  bad.reduce(
    (seen, each, i) => addSeen(seen, { fromMs: i * tickMs, toMs: (i + 1) * tickMs, counts: counts(10_000, each) }),
    nothingSeen,
  );

it('takes nothing from fewer than four windows of a length', () => {
  expect(seenPhi(seenIn(3, 3, 14))).toBe(3);
  expect(seenPhi(seenIn(2, 2, 14, 2))).toBeCloseTo(((3 * 9 + 81) / 20) * (4 / 3), 12);
});

it('knows enough of bursts after half an hour, to the tick: six windows of five minutes', () => {
  const even = (ticks: number) => seenPhi(seenIn(...Array.from({ length: ticks }, () => 5)));
  expect([even(119), even(120)]).toEqual([3, 1]);
});

it('what comes in turns of a minute shows in windows of a minute, and is even in those of fifteen', () => {
  const turns = Array.from({ length: 240 }, (_, i) => (Math.floor(i / 4) % 2 === 0 ? 0 : 4));
  expect(seenPhi(seenIn(...turns))).toBeCloseTo((8 * 8) / 8 / (59 / 60), 12);
});

it('has an end at 20, and never falls below 1', () => {
  expect(seenPhi(stable(60, { size: 200, seconds: 60 }))).toBe(20);
  let even = nothingSeen;
  for (let i = 1; i <= 400; i++)
    even = addSeen(even, { fromMs: (i - 1) * tickMs, toMs: i * tickMs, counts: counts(10_000, 10) });
  expect(seenPhi(even)).toBe(1);
});

it('is a few numbers, however long it looks on, and nothing where nothing happens', () => {
  expect(stable(300).sums).toHaveLength(36);
  expect(addSeen(nothingSeen, { fromMs: 0, toMs: tickMs, counts: counts(0) })).toBe(nothingSeen);
});

const afterStable = (errors: number, from: 'assumed' | 'stated') => {
  const given = { ...settings, ...assumedDispersion, from };
  let state = startRuleState(errorRate);
  for (let i = 1; i <= 60; i++) {
    const burst = i % 20 === 0 ? errors : 0;
    const reading = readingOf(i * tickMs, { canary: counts(0), stable: counts(10_000, burst) });
    state = judge(errorRate, given, { state, reading, context: atStep() }).state;
  }
  const reading = readingOf(61 * tickMs, { canary: counts(10_000, 60), stable: counts(10_000, 5) });
  return judge(errorRate, given, { state, reading, context: atStep() });
};

it('counts in the evidence that comes after, and only where nothing better is known', () => {
  const bursty = afterStable(40, 'assumed').state.absolute.lnNow;
  expect(bursty).toBeLessThan(afterStable(40, 'stated').state.absolute.lnNow / 3);
  expect(afterStable(2, 'assumed').state.absolute.lnNow).toBe(afterStable(2, 'stated').state.absolute.lnNow);
  expect(afterStable(40, 'stated').state.seen).toEqual(nothingSeen);
});

it('what was gathered before stays as it was when the dispersion changes', () => {
  const before = afterStable(40, 'assumed').state;
  const quiet = readingOf(62 * tickMs, { canary: counts(0), stable: counts(10_000, 300) });
  const after = judge(
    errorRate,
    { ...settings, ...assumedDispersion },
    { state: before, reading: quiet, context: atStep() },
  );
  expect(after.state.absolute).toEqual(before.absolute);
});
