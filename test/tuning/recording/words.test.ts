/** What a recording is written in: numbers, rules and plans come back as they were. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressPlan, compressRules } from '../../../src/release/compress.ts';
import { defaultPlan, type Plan } from '../../../src/release/plan.ts';
import { judgeFrom, judgeWords } from '../../../src/release/policy-judge.ts';
import { planFrom, planWords } from '../../../src/release/policy-plan.ts';
import type { RuleSet } from '../../../src/rules/rule.ts';
import { parseRules } from '../../../src/rules/rule-file.ts';
import { wordsOfJudge, wordsOfPlan } from '../../../src/tuning/recording/plan-words.ts';
import { wordsOfRules } from '../../../src/tuning/recording/rule-words.ts';
import { parseSeriesValues } from '../../../src/tuning/series-notation.ts';
import { seriesText } from '../../../src/tuning/series-text.ts';

describe('numbers', () => {
  it.each<[readonly (number | null)[], string]>([
    [[0, 25, 50, 75, 100], '0+25x4'],
    [[5, 5, 5, 5], '5x3'],
    [[9, 6, 3, 0, -3], '9-3x4'],
    [[1, 2, 3], '1 2 3'],
    [[1.5, 1.5, null, null, 2], '1.5x1 _x2 2'],
    [[], ''],
  ])('%o are %s', (values, text) => expect(seriesText(values)).toBe(text));

  it('come back as they were', () => {
    const number = fc.oneof(
      fc.constant(null),
      fc.nat({ max: 1_000_000 }),
      fc.constantFrom(0, 25, 50),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    );
    const runs = fc
      .array(fc.tuple(number, fc.integer({ min: -9, max: 9 }), fc.nat({ max: 12 })), { minLength: 1 })
      .map((all) =>
        all.flatMap(([value, step, times]) =>
          Array.from({ length: times + 1 }, (_, n) => (Number.isSafeInteger(value) ? (value ?? 0) + n * step : value)),
        ),
      );
    fc.assert(
      fc.property(runs, (values) => {
        expect(parseSeriesValues(seriesText(values))).toEqual({ ok: true, value: values });
      }),
      { numRuns: 500 },
    );
  });
});

const read = async (text: string, preset: 'app' | 'envoy' = 'app'): Promise<RuleSet> => {
  const parsed = await parseRules(text, { file: 'rules.yaml', noCritical: 'accepted', preset });
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('; '));
  return parsed.value;
};

const good = 'test/fixtures/rules';
const files = [
  'rules/production.yaml',
  ...readdirSync(good)
    .filter((name) => name.endsWith('.good.yaml'))
    .map((name) => join(good, name)),
];

describe('rules', () => {
  it.each(files)('of %s come back as they were, whatever their time was divided by', async (file) => {
    const set = await read(readFileSync(file, 'utf8'));
    for (const factor of [1, 60]) {
      const words = wordsOfRules(compressRules(set, factor).rules, factor);
      const again = await read(JSON.stringify(words));
      expect(again.hash).toBe(set.hash);
      expect(again.rules.map(({ thresholdText }) => thresholdText)).toEqual(
        set.rules.map(({ thresholdText }) => thresholdText),
      );
    }
  });

  it('of another preset name it', async () => {
    const set = await read(readFileSync('rules/production.yaml', 'utf8'), 'envoy');
    const words = wordsOfRules(set.rules, 1);
    expect(words['error_rate']).toMatchObject({ preset: 'envoy', threshold: '0.1%', window: '5m', alert: 'critical' });
    expect((await read(JSON.stringify(words))).hash).toBe(set.hash);
  });

  it('say no more than they must', async () => {
    const text = readFileSync('rules/production.yaml', 'utf8');
    expect(wordsOfRules((await read(text)).rules, 1)).toMatchObject({
      error_rate: { threshold: '0.1%', window: '5m', alert: 'critical' },
      throughput: { threshold: '-10% from baseline', window: '10m', alert: 'warning' },
    });
  });
});

describe('a plan', () => {
  it.each<Partial<Plan>>([
    {},
    { onBlind: 'hold', verify: 'off', drainMs: 5_000, whenUnjudgeable: 'hold', rollback: 'ask' },
    { steps: [{ weight: 100, bakeMs: 90_000, replicas: 3 }], watchMs: 0, maxDurationMs: 3_600_000 },
    { steps: [{ weight: 100, bakeMs: 90_000, replicas: { percentOfStable: 50 }, tooFew: 'accepted' }] },
  ])('of %o comes back as it was', (change) => {
    const plan = { ...defaultPlan, ...change };
    for (const factor of [1, 60]) {
      const words = planWords.parse(wordsOfPlan(compressPlan(plan, factor), factor));
      expect(planFrom(words)).toEqual(plan);
    }
  });

  it('is judged as it was', () => {
    const judge = {
      ...judgeFrom({ dispersion: 2.5, onShared: 'hold', onWorse: 'ignore', sharedWindow: 60_000 }, { alpha: 0.01 }),
      rules: 3,
    };
    const { confidence, judge: words } = wordsOfJudge(judge, 1) as { confidence: string; judge: object };
    expect(confidence).toBe('99%');
    expect({ ...judgeFrom(judgeWords.parse(words), { alpha: 0.01 }), rules: 3 }).toEqual(judge);
    expect(wordsOfJudge({ ...judgeFrom({}, undefined), rules: 1 }, 1)).toEqual({});
  });
});
