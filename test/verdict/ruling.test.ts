/** What evidence at its very limit comes to, and what a look finds then. */
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule.ts';
import { type Case, lnConvict, lnSuspect } from '../../src/verdict/case.ts';
import { measureOf } from '../../src/verdict/measured-as.ts';
import { noEvidence } from '../../src/verdict/mixture.ts';
import { type RuleState, startRuleState } from '../../src/verdict/rule-state.ts';
import { rulingOf } from '../../src/verdict/ruling.ts';
import { verdictOf } from '../../src/verdict/verdict-of.ts';
import { weigh } from '../../src/verdict/weigh.ts';
import { addToWindow, emptyWindow } from '../../src/verdict/window.ts';
import { atStep, counts, errorRate, minute, settings, throughput } from './a-rule.ts';

const atMs = 30 * minute;
const target = lnConvict(settings);
const reached = (ln: number) => ({ ...noEvidence, lnMax: ln, lnNow: ln });

interface Given {
  readonly rule?: Rule;
  readonly state?: Partial<RuleState>;
  readonly context?: Parameters<typeof atStep>[0];
  readonly window?: { readonly canary: readonly [number, number]; readonly stable: readonly [number, number] };
}

const aCase = ({ rule = errorRate, state, context, window }: Given): Case => {
  const { canary, stable } = window ?? { canary: [3_000, 1], stable: [9_000, 3] };
  const begun = startRuleState(rule);
  const seen = { atMs: atMs - 1_000, canary: counts(...canary), stable: counts(...stable) };
  return {
    rule,
    settings,
    atMs,
    context: atStep({ nowMs: atMs, ...context }),
    state: { ...begun, canary: counts(5_000, 2), window: addToWindow(emptyWindow(rule.windowMs), seen), ...state },
  };
};

const ruling = (given: Given) => {
  const made = aCase(given);
  return rulingOf(made, measureOf(made.rule));
};

describe('evidence convicts when it reaches its target, not before', () => {
  test.each([
    ['both tests', { absolute: reached(target), relative: reached(target) }, 'rollback'],
    ['the limit alone', { absolute: reached(target) }, 'await-relative'],
    ['the limit, not quite', { absolute: reached(target - 1e-9), relative: reached(target) }, 'worse-within-limit'],
    ['three times stable', { relative: reached(target), relative3: reached(target) }, 'worse-than-stable'],
    ['worse than stable, not quite', { relative: reached(target - 1e-9) }, 'nothing-wrong'],
    ['no canary request at all', { canary: counts(0), relative: reached(target) }, 'inconclusive'],
  ])('%s', (_what, state, expected) => {
    expect(ruling({ state })).toBe(expected);
  });

  test.each([
    [target, 'rollback'],
    [target - 1e-9, 'nothing-wrong'],
  ])('a share, at %f', (ln, expected) => {
    expect(ruling({ rule: throughput, state: { relative: reached(ln) } })).toBe(expected);
  });
});

describe('both are outside', () => {
  const raisedAtMs = 10 * minute;
  const since = (outsideSinceMs: number, raised: number | null = raisedAtMs) => {
    const { stable, step } = startRuleState(errorRate);
    const state = {
      absolute: reached(target),
      stable: { ...stable, outsideSinceMs },
      step: { ...step, stableWasInside: true },
    };
    return ruling({ state, context: { raisedAtMs: raised } });
  };

  test.each([
    ['from the moment of the raise', raisedAtMs, 'rollback-shared'],
    ['at the end of the shared window', raisedAtMs + settings.sharedWindowMs, 'rollback-shared'],
    ['after it', raisedAtMs + settings.sharedWindowMs + 1, 'environment'],
    ['before the raise', raisedAtMs - 1, 'environment'],
  ])('%s', (_what, outsideSinceMs, expected) => {
    expect(since(outsideSinceMs)).toBe(expected);
  });

  test('and nothing was ever raised', () => {
    expect(since(1, null)).toBe('environment');
  });
});

describe('what is found', () => {
  const found = (given: Given) => {
    const made = aCase(given);
    return weigh(made, measureOf(made.rule));
  };
  const outside = { canary: counts(3_000, 30), stable: counts(9_000, 3) };
  const stepWith = (canary: ReturnType<typeof counts>) => {
    const { step } = startRuleState(errorRate);
    return { ...step, counts: { ...step.counts, canary } };
  };

  test('evidence of ten to one is suspect, of less is not', () => {
    const at = (ln: number) => found({ state: { absolute: reached(ln) } }).finding;
    expect(at(lnSuspect)).toMatchObject({ kind: 'suspect', reason: 'EvidenceRising' });
    expect(at(lnSuspect - 1e-9)).toMatchObject({ kind: 'inconclusive' });
  });

  test('a look that falls due under suspicion is used up without a pass', () => {
    const step = stepWith(counts(3_000, 1));
    const due = { step, absolute: reached(lnSuspect) };
    const { state } = found({ state: due, context: { bakeEnded: true } });
    expect(state.step).toMatchObject({ passed: false, nextLook: 6_000 });
    expect(found({ state: { step }, context: { bakeEnded: true } }).state.step.passed).toBe(true);
  });

  test.each([
    ['the step is outside after its bake', outside.canary, true, 'OutsideThreshold'],
    ['the step is outside, its bake is not over', outside.canary, false, 'BakeNotEnded'],
    ['the step has too few to say', counts(2_999, 30), true, 'TooFewEvents'],
  ])('%s', (_what, canary, bakeEnded, reason) => {
    const step = { ...stepWith(canary), nextLook: 100_000 };
    expect(found({ state: { step }, context: { bakeEnded } }).finding.reason).toBe(reason);
  });

  test('in the watch there is no bake to end', () => {
    expect(found({ context: { step: null } }).finding.reason).toBe('TooFewEvents');
  });

  test('a share counts the requests of both: a canary that gets none is outside', () => {
    const window = { canary: [0, 0], stable: [200, 0] } as const;
    expect(found({ rule: throughput, window }).finding.reason).toBe('OutsideThreshold');
  });

  test('nobody is told what a conviction still needs', () => {
    const made = aCase({ state: { absolute: reached(target), relative: reached(target) } });
    const measure = measureOf(errorRate);
    const { finding } = weigh(made, measure);
    expect(verdictOf(made, { measure, found: finding })).toMatchObject({ kind: 'breach', errorsToConvict: null });
  });
});
