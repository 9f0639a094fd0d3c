/** Compressed time: every duration shorter by one factor, everything else as it was. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compressJudge, compressPlan, compressRules } from '../../src/release/compress.ts';
import { defaultPlan } from '../../src/release/plan.ts';
import { parseRules } from '../../src/rules/rule-file.ts';

const rulesText = `
error_rate: { threshold: 0.1%, window: 5m, alert: critical }
cpu_usage: { threshold: 80%, window: 5m, alert: warning, for: 2m }
`;

/** Every field whose name says milliseconds, by its path. */
const durations = (value: unknown, path = ''): readonly (readonly [string, number])[] =>
  value !== null && typeof value === 'object'
    ? Object.entries(value).flatMap(([key, item]) =>
        typeof item === 'number' && key.endsWith('Ms')
          ? [[`${path}.${key}`, item] as const]
          : durations(item, `${path}.${key}`),
      )
    : [];

/** The same value with every duration taken out. */
const timeless = (value: unknown): string =>
  JSON.stringify(value, (key, item: unknown) => (key.endsWith('Ms') ? undefined : item));

const checkCompressed = (before: unknown, after: unknown, factor: number): void => {
  expect(timeless(after)).toBe(timeless(before));
  const shorter = new Map(durations(after));
  for (const [path, ms] of durations(before)) {
    expect([path, shorter.get(path)]).toEqual([path, ms === 0 ? 0 : Math.max(1, Math.round(ms / factor))]);
  }
};

const factors = fc.oneof(fc.constant(1), fc.double({ min: 1, max: 1e9, noNaN: true }));

test('a plan', () => {
  fc.assert(fc.property(factors, (factor) => checkCompressed(defaultPlan, compressPlan(defaultPlan, factor), factor)));
});

test('a rule set, whose hash goes on naming the file', async () => {
  const parsed = await parseRules(rulesText, { file: 'r.yaml' });
  if (!parsed.ok) throw new Error('bad rules');
  const set = parsed.value;
  fc.assert(fc.property(factors, (factor) => checkCompressed(set, compressRules(set, factor), factor)));
});

test('what the judge is told', () => {
  const judge = { sharedWindowMs: 300_000, alpha: 0.001 };
  checkCompressed(judge, compressJudge(judge, 60), 60);
});

test.each([0, 0.5, -1, Number.NaN, Number.POSITIVE_INFINITY])(
  'a factor of %d is a mistake of the program',
  (factor) => {
    expect(() => compressPlan(defaultPlan, factor)).toThrow(RangeError);
  },
);
