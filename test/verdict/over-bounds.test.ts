import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CountsReading, SlowerThan } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { judge } from '../../src/verdict/judge.ts';
import { lnMeanExp } from '../../src/verdict/log-sum-exp.ts';
import { addTick, type Evidence, noEvidence } from '../../src/verdict/mixture.ts';
import { relativeTick } from '../../src/verdict/relative.ts';
import { type RuleState, startRuleState } from '../../src/verdict/rule-state.ts';
import type { JudgeSettings } from '../../src/verdict/settings.ts';
import { atStep, counts, p95, settings } from './a-rule.ts';
import { course } from './course.ts';

const rule: Rule = { ...p95, warmUpMs: 0 };
const alone: Rule = { ...rule, compare: 'stable' };
const bounds = [0.5, 0.1, 0.25, 1, 2.5] as const;

/** Slower than each of the bounds, of so many requests. */
interface Times {
  readonly events: number;
  readonly slow: readonly number[];
}

const times = (events: number, ...slow: readonly number[]): Times => ({ events, slow });

const readingOf = (fromMs: number, toMs: number, arms: { canary: Times; stable: Times }): CountsReading => {
  const at = ({ events, slow }: Times) => counts(events, slow[0]);
  const slower = bounds.map(
    (bound, i): SlowerThan => ({
      bound,
      canary: arms.canary.slow[i] ?? 0,
      stable: arms.stable.slow[i] ?? 0,
    }),
  );
  const both = { canary: at(arms.canary), stable: at(arms.stable) };
  return { kind: 'counts', atMs: toMs, fresh: both, aligned: { fromMs, toMs, ...both, slower } };
};

const usual = times(1125, 11, 560, 110, 1, 0);
const alike = times(375, 4, 187, 37, 0, 0);
/** One in fifty takes three seconds. */
const stuck = times(375, 11, 195, 44, 8, 8);

const after = (given: Rule, canaries: readonly Times[], change: Partial<JudgeSettings> = {}) => {
  let at = course(given, change);
  for (const canary of canaries) at = at.see(readingOf(at.nowMs, at.nowMs + 15_000, { canary, stable: usual }));
  return at;
};

const repeat = <T>(n: number, each: T): readonly T[] => Array.from({ length: n }, () => each);

describe('response times compared with stable', () => {
  test('a few requests stuck for seconds convict, though the limit’s own bound shows little', () => {
    const { verdict } = after(alone, repeat(4, stuck));
    expect(verdict).toMatchObject({ kind: 'breach', reason: 'Breach', outcome: 'rollback' });
    expect(verdict.message).toMatch(
      /beyond doubt at .* more than 1\.25 times as many slow requests as stable, most clearly of those above 2\.5 s:/,
    );
  });

  test('alike versions are left alone', () => {
    expect(after(alone, repeat(200, alike)).verdict.lnRelative).toBeLessThan(2);
  });

  test('with both tests a canary slower than stable but inside its limit passes, and it is recorded', () => {
    const inside = after(rule, repeat(20, stuck));
    expect(inside.verdict.kind).not.toBe('breach');
    const passed = inside.see(readingOf(300_000, 315_000, { canary: stuck, stable: usual }), { bakeEnded: true });
    expect(passed.verdict).toMatchObject({ kind: 'pass', reason: 'WorseWithinLimit' });
    expect(passed.verdict.message).toContain(
      'inside the limit; recorded: more than 1.25 times as many slow requests as stable, most clearly of those above',
    );
  });

  test('three times as many is asked at the limit alone: a shift far below it holds nothing', () => {
    const shifted = times(375, 4, 375, 150, 0, 0);
    const { state } = after(rule, repeat(40, shifted));
    expect(state.relative.lnMax).toBeGreaterThan(50);
    expect(state.relative3.lnMax).toBeLessThan(1);
  });

  test('where nothing of stable is seen, nothing is compared', () => {
    let at = course(rule);
    for (let i = 0; i < 9; i++)
      at = at.see(readingOf(at.nowMs, at.nowMs + 15_000, { canary: stuck, stable: times(0) }));
    expect(at.state.comparedAt).toBeUndefined();
    expect(at.state.relative).toBe(noEvidence);
    const seen = at.see(readingOf(at.nowMs, at.nowMs + 15_000, { canary: alike, stable: usual }));
    expect(seen.state.comparedAt).toEqual(bounds);
  });

  test('with session affinity nothing is compared, and it is said', () => {
    const { state, verdict } = after(rule, repeat(9, stuck), { sticky: true });
    expect(state.relative).toBe(noEvidence);
    expect(verdict.message).toContain('held against the limit alone: with session affinity');
    expect(after(alone, repeat(9, stuck), { sticky: true }).verdict).toMatchObject({ reason: 'NotApplicable' });
  });

  test('what could not be counted as the rule has it is told with the verdict', () => {
    const at = course(rule).see({
      ...readingOf(0, 15_000, { canary: alike, stable: usual }),
      note: 'stable has no bucket le="0.5"',
    });
    expect(at.verdict.message).toMatch(/\(stable has no bucket le="0.5"\)$/);
  });

  test('the bounds of the first tick stay; one that is missing later keeps its stake, a new one gets none', () => {
    const first = after(alone, repeat(2, alike));
    const odd = readingOf(first.nowMs, first.nowMs + 15_000, { canary: stuck, stable: usual });
    const slower = [{ bound: 7, canary: 300, stable: 0 }, ...(odd.aligned.slower ?? []).slice(0, 3)];
    const next = first.see({ ...odd, aligned: { ...odd.aligned, slower } });
    expect(next.state.comparedAt).toEqual(bounds);
    expect(next.verdict.kind).not.toBe('breach');
    expect(next.state.relative.lnA).toHaveLength(first.state.relative.lnA.length);
  });

  test('evidence from one bound alone goes on with one', () => {
    const plain = course(alone).ticks(2, { canary: counts(375, 3), stable: counts(1125, 9) });
    const next = plain.see(readingOf(plain.nowMs, plain.nowMs + 15_000, { canary: alike, stable: usual }));
    expect(next.state.comparedAt).toBeUndefined();
    expect(next.state.relative.lnA).toHaveLength(8);
  });
});

const anyTimes = (most: number): fc.Arbitrary<Times> =>
  fc
    .tuple(
      fc.integer({ min: 1, max: most }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
    )
    .map(([events, parts]) => times(events, ...parts.map((part) => Math.floor(part * events * 0.2))));

const anyTick = fc.record({ canary: anyTimes(400), stable: anyTimes(1200) });
type Tick = { canary: Times; stable: Times };

const fold = (tale: readonly Tick[], change: Partial<JudgeSettings> = {}, keep = (state: RuleState) => state) => {
  let state = startRuleState(alone);
  const verdicts = tale.map((tick, i) => {
    const reading = readingOf(i * 15_000, (i + 1) * 15_000, tick);
    const judged = judge(alone, { ...settings, ...change }, { state: keep(state), reading, context: atStep() });
    state = judged.state;
    return judged.verdict;
  });
  return { state, verdicts };
};

const unconvicted = { alpha: 1e-300 };

test('the evidence is the mean of what each bound says by itself', () => {
  fc.assert(
    fc.property(fc.array(anyTick, { minLength: 1, maxLength: 8 }), (tale) => {
      const { state } = fold(tale, { ...unconvicted, changePoint: 'first-tick' });
      const one = (at: number): Evidence =>
        tale.reduce((evidence, { canary, stable }, i) => {
          const test = { ratio: rule.ratio, phi: 1, ratios: [1.25, 2, 5, 30] };
          const arms = [canary, stable].map(({ events, slow }) => counts(events, slow[at])) as [Counts, Counts];
          return addTick(evidence, relativeTick(test, ...arms), i === 0 ? 1 : 0);
        }, noEvidence);
      expect(state.relative.lnNow).toBeCloseTo(lnMeanExp(bounds.map((_, at) => one(at).lnNow)), 6);
    }),
  );
});

type Counts = ReturnType<typeof counts>;

test('finer ticks of the same requests come to the same evidence: nothing counts twice', () => {
  const even = fc.record({ canary: anyTimes(200), stable: anyTimes(600) });
  fc.assert(
    fc.property(fc.array(even, { minLength: 1, maxLength: 6 }), fc.integer({ min: 2, max: 5 }), (tale, parts) => {
      const scaled = ({ events, slow }: Times, n: number): Times => times(events * n, ...slow.map((each) => each * n));
      const coarse = tale.map(({ canary, stable }) => ({
        canary: scaled(canary, parts),
        stable: scaled(stable, parts),
      }));
      const fine = tale.flatMap((tick) => repeat(parts, tick));
      const change = { ...unconvicted, changePoint: 'first-tick' } as const;
      expect(fold(fine, change).state.relative.lnNow).toBeCloseTo(fold(coarse, change).state.relative.lnNow, 6);
    }),
  );
});

test('a controller that restarts between any two ticks says the same', () => {
  fc.assert(
    fc.property(fc.array(anyTick, { minLength: 1, maxLength: 12 }), (tale) => {
      const stored = (state: RuleState): RuleState => JSON.parse(JSON.stringify(state)) as RuleState;
      expect(fold(tale, {}, stored).verdicts).toEqual(fold(tale).verdicts);
    }),
  );
});

test('counts of one arm wait, at every bound, until the other has some', () => {
  const at = course(alone)
    .see(readingOf(0, 15_000, { canary: stuck, stable: times(0) }))
    .see(readingOf(15_000, 30_000, { canary: times(0), stable: usual }));
  const once = course(alone).see(readingOf(0, 30_000, { canary: stuck, stable: usual }));
  expect(at.state.relative.lnA).toEqual(once.state.relative.lnA);
  expect(at.state.pending.slower).toBeUndefined();
});
