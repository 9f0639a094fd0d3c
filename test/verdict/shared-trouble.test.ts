/** Trouble of both versions at once: the step's sample starts again when it is over, and its bursts are forgotten. */
import { describe, expect, test } from 'vitest';
import type { Case } from '../../src/verdict/case.ts';
import { type RuleState, startRuleState, type Trouble } from '../../src/verdict/rule-state.ts';
import { followTrouble } from '../../src/verdict/shared-trouble.ts';
import { addToWindow, emptyWindow } from '../../src/verdict/window.ts';
import { counts, errorRate, minute } from './a-rule.ts';
import { aCase, noon40 } from './say.ts';

const before = { bad: 3, sums: [] };
const during = { bad: 90, sums: [] };
const broken = counts(6_000, 40);
const fine = counts(6_000, 6);

interface Given {
  readonly stable?: Partial<RuleState['stable']>;
  readonly trouble?: Trouble;
  readonly canary?: typeof broken;
  readonly other?: typeof broken;
  readonly ago?: number;
  readonly seen?: RuleState['seen'] | null;
}

const followed = ({ stable, trouble, canary = broken, other = broken, ago = 1, seen = before }: Given): RuleState => {
  const { seen: _seen, ...begun } = startRuleState(errorRate);
  const given: Case = aCase({ state: () => ({ ...(seen !== null && { seen }) }) });
  const window = addToWindow(emptyWindow(5 * minute), { atMs: noon40 - ago * minute, canary, stable: other });
  const step = { ...begun.step, counts: { ...begun.step.counts, canary: counts(500, 9) } };
  const state = {
    ...begun,
    seen: during,
    window,
    step,
    stable: { ...begun.stable, ...stable },
    ...(trouble && { trouble }),
  };
  const asGiven = seen === null ? { ...given, state: { ...given.state, seen: undefined } } : given;
  return followTrouble(asGiven, state, 0.001);
};
const outside = { outsideSinceMs: noon40 - minute };

describe('begins when stable goes outside', () => {
  test('not before', () => expect(followed({}).trouble).toBeUndefined());

  test.each<[string, Given, boolean]>([
    ['both are, beyond doubt', {}, true],
    ['stable alone', { canary: fine }, false],
    ['the canary beyond doubt, stable not', { other: counts(6_000, 12) }, false],
    ['it was longer ago than the window', { ago: 5 }, false],
  ])('%s', (_what, given, shared) => {
    expect(followed({ ...given, stable: outside }).trouble).toEqual({ shared, seen: before });
  });

  test('and nothing is known of the dispersion', () => {
    expect(followed({ stable: outside, seen: null }).trouble).toEqual({ shared: true, seen: null });
  });
});

test('once it was shared it stays so, and what was seen before it is kept', () => {
  const trouble = { shared: true, seen: { bad: 1, sums: [] } };
  expect(followed({ stable: outside, trouble, canary: fine }).trouble).toEqual(trouble);
  expect(followed({ trouble: { ...trouble, shared: false }, canary: fine, stable: outside }).trouble?.shared).toBe(
    false,
  );
  expect(followed({ trouble, stable: { insideSinceMs: noon40 - 5 * minute + 1 } }).trouble).toEqual(trouble);
});

describe('ends once stable was inside for a window', () => {
  const calm = { insideSinceMs: noon40 - 5 * minute };

  test('shared: the sample starts again, and its bursts are forgotten', () => {
    const state = followed({ stable: calm, trouble: { shared: true, seen: before } });
    expect(state).not.toHaveProperty('trouble');
    expect(state.step).toMatchObject({ counts: { canary: counts(0) }, stableWasInside: true });
    expect(state.seen).toBe(before);
  });

  test('shared, where nothing was known of the dispersion: only the sample', () => {
    const state = followed({ stable: calm, trouble: { shared: true, seen: null } });
    expect(state.step.counts.canary).toEqual(counts(0));
    expect(state.seen).toBe(during);
  });

  test('of stable alone: nothing else changes', () => {
    const state = followed({ stable: calm, trouble: { shared: false, seen: before } });
    expect(state).not.toHaveProperty('trouble');
    expect(state.step.counts.canary).toEqual(counts(500, 9));
    expect(state.seen).toBe(during);
  });
});
