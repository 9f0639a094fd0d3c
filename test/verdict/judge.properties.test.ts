import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CountsReading, NothingReason, Reading } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import type { JudgeContext } from '../../src/verdict/context.ts';
import { judge } from '../../src/verdict/judge.ts';
import { type RuleState, startRuleState } from '../../src/verdict/rule-state.ts';
import type { JudgeSettings } from '../../src/verdict/settings.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';
import { atStep, cpu, errorRate, p95, readingOf, settings, throughput } from './a-rule.ts';

const tickMs = 15_000;

const rules: fc.Arbitrary<Rule> = fc
  .record({
    rule: fc.constantFrom(errorRate, p95, throughput, cpu, { ...cpu, alert: 'critical' as const, forMs: 30_000 }),
    compare: fc.constantFrom('both' as const, 'absolute' as const, 'stable' as const),
    advanceOn: fc.constantFrom('compatible' as const, 'proven' as const),
    missing: fc.constantFrom('hold' as const, 'ignore' as const, 'zero' as const),
    judge: fc.constantFrom('sequential' as const, 'point' as const),
  })
  .map(({ rule, ...change }) => ({ ...rule, ...change }));

const arm = fc.tuple(fc.nat(2000), fc.double({ min: 0, max: 0.05, noNaN: true })).map(([events, part]) => ({
  events,
  bad: Math.round(events * part),
}));

type Shape = {
  readonly look: 'counts' | 'level' | 'nothing';
  readonly canary: CountsReading['fresh']['canary'];
  readonly stable: CountsReading['fresh']['canary'] | null;
  readonly reason: NothingReason;
};

const shapes: fc.Arbitrary<Shape> = fc.record({
  look: fc.constantFrom('counts' as const, 'counts' as const, 'counts' as const, 'level' as const, 'nothing' as const),
  canary: arm,
  stable: fc.option(arm, { freq: 8 }),
  reason: fc.constantFrom('SourceDown' as const, 'NoSeries' as const, 'Stale' as const, 'NotFinite' as const),
});

const contexts: fc.Arbitrary<Partial<JudgeContext>> = fc.record({
  step: fc.constantFrom(0, 1, 2, null),
  weight: fc.constantFrom(0, 25, 50, 100),
  split: fc.boolean(),
  bakeEnded: fc.boolean(),
  stableProbes: fc.constantFrom('pass' as const, 'fail' as const, 'gone' as const),
});

const settingsOf: fc.Arbitrary<JudgeSettings> = fc
  .record({
    phi: fc.constantFrom(1, 3, 20),
    changePoint: fc.constantFrom('in-time' as const, 'first-tick' as const),
    onShared: fc.constantFrom('rollback' as const, 'hold' as const),
    onWorse: fc.constantFrom('hold' as const, 'ignore' as const, 'rollback' as const),
    sticky: fc.boolean(),
    from: fc.constantFrom('stated' as const, 'assumed' as const),
  })
  .map((change) => ({ ...settings, ...change }));

const ticks = fc.array(fc.tuple(shapes, contexts), { minLength: 1, maxLength: 40 });

const asReading = ({ look, canary, stable, reason }: Shape, atMs: number): Reading => {
  if (look === 'nothing') return { kind: 'nothing', atMs, reason, message: 'because' };
  if (look === 'level') return { kind: 'level', atMs, canary: canary.bad / 50, stable: stable && stable.bad / 50 };
  return readingOf(atMs, { canary, stable });
};

interface Seen {
  readonly state: RuleState;
  readonly verdict: Verdict;
}

interface Story {
  readonly rule: Rule;
  readonly given: JudgeSettings;
  readonly tale: readonly (readonly [Shape, Partial<JudgeContext>])[];
}

const live = (
  { rule, given, tale }: Story,
  between: (state: RuleState) => RuleState = (state) => state,
): readonly Seen[] => {
  let state = startRuleState(rule);
  return tale.map(([shape, change], i) => {
    const nowMs = (i + 1) * tickMs;
    const seen = judge(rule, given, {
      state,
      reading: asReading(shape, nowMs),
      context: atStep({ nowMs, ...change }),
    });
    state = between(seen.state);
    return seen;
  });
};

const stories: fc.Arbitrary<Story> = fc.record({ rule: rules, given: settingsOf, tale: ticks });

test('written down as JSON and read back after every tick, it goes on to the same verdicts', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const restarted = live(story, (state) => JSON.parse(JSON.stringify(state)) as RuleState);
      expect(restarted).toEqual(live(story));
    }),
  );
});

test('a rollback once found is the answer for ever', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const level = story.rule.sli.kind === 'gauge' || story.rule.judge === 'point';
      fc.pre(story.rule.alert === 'critical' || !level);
      const verdicts = live(story).map(({ verdict }) => verdict);
      const first = verdicts.findIndex(({ kind }) => kind === 'breach');
      if (first >= 0) for (const later of verdicts.slice(first)) expect(later).toEqual(verdicts[first]);
    }),
  );
});

test('silence leaves the evidence as it is, and neither convicts nor lets pass', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const seen = live(story);
      const last = seen.at(-1) as Seen;
      fc.pre(last.state.convicted === null);
      const reading = { kind: 'nothing', atMs: 1e9, reason: 'SourceDown', message: 'because' } as const;
      const context = atStep({ nowMs: 1e9, ...(story.tale.at(-1)?.[1] ?? {}) });
      const silent = judge(story.rule, story.given, { state: last.state, reading, context });
      expect(silent.state).toEqual(last.state);
      if (silent.verdict.reason !== 'NotApplicable')
        expect(silent.verdict).toMatchObject({ kind: 'inconclusive', outcome: 'none' });
    }),
  );
});

test('a verdict is consistent: breach rolls back, suspect holds, pass and inconclusive ask for nothing', () => {
  const outcomes = { breach: 'rollback', suspect: 'hold', pass: 'none', inconclusive: 'none' } as const;
  fc.assert(
    fc.property(stories, (story) => {
      for (const { verdict } of live(story)) {
        expect(verdict.outcome).toBe(outcomes[verdict.kind]);
        expect(verdict.message).not.toMatch(/NaN|undefined|null|Infinity/);
        for (const ln of [verdict.lnAbsolute, verdict.lnRelative, verdict.lnHealth]) expect(ln).not.toBeNaN();
      }
    }),
  );
});

test('errors never help the canary: with more of them every convicting test has at least the evidence it had', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(arm, arm, fc.nat(20)), { minLength: 1, maxLength: 20 }), (tale) => {
      const end = (extra: 0 | 1): RuleState => {
        let state = startRuleState(errorRate);
        tale.forEach(([canary, stable, more], i) => {
          const worse = { events: canary.events + 20, bad: canary.bad + more * extra };
          const reading = readingOf((i + 1) * tickMs, { canary: worse, stable });
          state = judge(errorRate, { ...settings, alpha: 1e-300 }, { state, reading, context: atStep() }).state;
        });
        return state;
      };
      const [fewer, more] = [end(0), end(1)];
      expect(more.absolute.lnNow).toBeGreaterThanOrEqual(fewer.absolute.lnNow - 1e-9);
      expect(more.relative.lnNow).toBeGreaterThanOrEqual(fewer.relative.lnNow - 1e-9);
      expect(more.step.health.lnNow).toBeLessThanOrEqual(fewer.step.health.lnNow + 1e-9);
    }),
  );
});

test('what it says would convict, convicts, and one less does not', () => {
  const thin = fc.array(fc.tuple(fc.integer({ min: 50, max: 2000 }), fc.nat(2)), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(thin, fc.constantFrom(1, 3, 20), (tale, phi) => {
      const rule: Rule = { ...errorRate, compare: 'absolute' };
      const given = { ...settings, phi, changePoint: 'first-tick' } as const;
      let last: Seen | null = null;
      let nowMs = 0;
      for (const [events, bad] of tale) {
        nowMs += tickMs;
        const state: RuleState = last?.state ?? startRuleState(rule);
        last = judge(rule, given, { state, reading: readingOf(nowMs, { canary: { events, bad } }), context: atStep() });
      }
      const { state, verdict } = last as Seen;
      fc.pre(verdict.kind !== 'breach');
      const more = verdict.errorsToConvict as number;
      const after = (bad: number): string => {
        const reading = readingOf(nowMs + tickMs, { canary: { events: bad, bad } });
        return judge(rule, given, { state, reading, context: atStep() }).verdict.kind;
      };
      expect(after(more)).toBe('breach');
      expect(after(more - 1)).not.toBe('breach');
    }),
  );
});
