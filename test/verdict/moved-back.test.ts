/** A release whose clock was set back goes on with the evidence that it would have had by the new clock. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { movedBack } from '../../src/verdict/moved-back.ts';
import { type RuleState, startRuleState } from '../../src/verdict/rule-state.ts';
import { type Arms, counts, cpu, errorRate, minute, p95, readingOf } from './a-rule.ts';
import { course } from './course.ts';

const burning = { ...errorRate, burnRate: [{ longMs: 60 * minute, shortMs: 5 * minute, rate: 10 }] };
const context = (fromMs: number) => ({ weightSinceMs: fromMs, raisedAtMs: fromMs });

/** The state after such counts, each a quarter of a minute later, by a clock that began at `fromMs`. */
const stateFrom = (fromMs: number, ticks: readonly Arms[], rule = burning): RuleState =>
  ticks.reduce(
    (at, arms, i) => at.see(readingOf(fromMs + (i + 1) * 15_000, arms), context(fromMs)),
    course(rule, { from: 'assumed' }),
  ).state;

const outage: Arms = { canary: counts(375, 100), stable: counts(1125, 300) };
const fine: Arms = { canary: counts(375), stable: counts(1125, 1) };
const alone: Arms = { canary: counts(375, 1), stable: counts(0) };

test.each<[string, readonly Arms[]]>([
  ['an outage of both', [fine, outage, outage]],
  ['an outage that is over', [fine, outage, ...Array.from({ length: 30 }, () => fine)]],
  ['counts that wait for stable', [fine, alone]],
  ['nothing', []],
])('after %s', (_what, ticks) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 * 60 * minute }), (byMs) => {
      const later = stateFrom(1_000_000 + byMs, ticks);
      const expected = stateFrom(1_000_000, ticks);
      expect(movedBack(later, byMs)).toEqual(
        ticks.length === 0 ? { ...expected, step: { ...expected.step, sinceMs: -byMs } } : expected,
      );
    }),
    { numRuns: 10 },
  );
});

test('since when a level is outside moves with it', () => {
  const level = (atMs: number) => ({ kind: 'level', atMs, canary: 0.9, stable: 0.4 }) as const;
  const outside = (fromMs: number) =>
    course(cpu)
      .see(level(fromMs), context(fromMs))
      .see(level(fromMs + minute), context(fromMs)).state;
  expect(outside(5_000).outside.sinceMs).toBe(5_000);
  expect(movedBack(outside(7_000), 2_000)).toEqual(outside(5_000));
});

test('what a version that did not look left out stays out, and what is null stays so', () => {
  const { seen: _seen, ...old } = startRuleState(p95);
  const moved = movedBack({ ...old, trouble: { shared: true, seen: null } }, 1_000);
  expect(moved).not.toHaveProperty('seen');
  expect(moved).toMatchObject({ lastAtMs: null, pending: { sinceMs: null }, trouble: { shared: true, seen: null } });
  expect(movedBack(old, 1_000)).not.toHaveProperty('trouble');
  const trouble = { shared: false, seen: { bad: 3, sums: [5_000, 7, 3] } };
  expect(movedBack({ ...old, trouble }, 1_000).trouble).toEqual({
    shared: false,
    seen: { bad: 3, sums: [4_000, 7, 3] },
  });
});
