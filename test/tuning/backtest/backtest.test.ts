/** The whole backtest over made histories: what is found, how it is judged, and what it says it cannot do. */
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { defaultPlan } from '../../../src/release/plan.ts';
import { parseRules } from '../../../src/rules/rule-file.ts';
import { type Backtest, type BacktestOptions, backtest } from '../../../src/tuning/backtest/backtest.ts';
import { benchHere } from '../../../src/tuning/backtest/bench-here.ts';
import { surveyOf } from '../../../src/tuning/backtest/survey.ts';
import { defaultJudgeSettings, statedDispersion } from '../../../src/verdict/settings.ts';
import { madeHistory, type Story, type Turn } from './made-history.ts';

const minute = 60_000;
const hour = 60 * minute;
const startMs = Date.UTC(2026, 9, 1);

const oldRules = 'error_rate: { threshold: 5%, window: 5m, alert: critical }';
const newRules =
  'error_rate: { threshold: 0.1%, window: 5m, alert: critical }\nthroughput: { threshold: -10% from baseline, window: 10m, alert: warning }';

async function rulesOf(text: string): Promise<BacktestOptions['new']> {
  const rules = await parseRules(text, { file: 'rules.yaml' });
  if (!rules.ok) throw new Error(JSON.stringify(rules.error));
  return { rules: rules.value, judge: { ...defaultJudgeSettings, ...statedDispersion(1) } };
}

async function run(story: Story, change: Partial<BacktestOptions> = {}): Promise<Backtest> {
  const result = await backtest({
    survey: surveyOf(madeHistory(story), systemClock),
    bench: benchHere(madeHistory(story)),
    fromMs: story.startMs,
    toMs: story.startMs + story.lengthMs,
    old: await rulesOf(oldRules),
    new: await rulesOf(newRules),
    oldBy: 'replayed',
    plan: defaultPlan,
    select: {},
    traces: { versionLabel: 'version', annotation: null, policy: null },
    chunkMs: 24 * hour,
    withinMs: 60_000,
    signal: new AbortController().signal,
    clock: systemClock,
    onProgress: () => undefined,
    ...change,
  });
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** A release by the plan: the version before keeps the rest. */
function release(
  version: string,
  before: string,
  fromMs: number,
  shape: { errorRate?: number; upToMs?: number } = {},
): readonly Turn[] {
  const { errorRate, upToMs = 25 * minute } = shape;
  const own = errorRate === undefined ? {} : { errorRate };
  const steps = [
    { fromMs, toMs: fromMs + Math.min(10 * minute, upToMs), percent: 25 },
    { fromMs: fromMs + 10 * minute, toMs: fromMs + upToMs, percent: 50 },
  ].filter((step) => step.toMs > step.fromMs);
  return steps.flatMap((step) => [
    { ...step, version, ...own },
    { ...step, version: before, percent: 100 - step.percent },
  ]);
}

const base = { startMs, lengthMs: 10 * hour, perSecond: 200 };
const story: Story = {
  ...base,
  turns: [
    { version: 'v1', fromMs: 0, toMs: 2 * hour, percent: 100 },
    ...release('v2', 'v1', 2 * hour),
    { version: 'v2', fromMs: 2 * hour + 25 * minute, toMs: 5 * hour, percent: 100 },
    ...release('v3', 'v2', 5 * hour, { errorRate: 0.01, upToMs: 20 * minute }),
    { version: 'v2', fromMs: 5 * hour + 20 * minute, toMs: 10 * hour, percent: 100 },
  ],
};

describe('a backtest', () => {
  let usual: Backtest;
  beforeAll(async () => {
    usual = await run(story);
  });

  it('finds releases by their version label, and what became of them', () => {
    const { rows } = usual;
    expect(rows.map(({ version, stable, ending }) => [version, stable, ending])).toEqual([
      ['v2', 'v1', 'promoted'],
      ['v3', 'v2', 'rolled back'],
    ]);
    const starts = rows.map((row) => (row.startMs - startMs) / minute);
    expect(starts[0]).toBeGreaterThan(118);
    expect(starts[0]).toBeLessThanOrEqual(121);
  });

  it('convicts the bad one by the rule that sees it, and lets the good one pass', () => {
    const { rows, totals } = usual;
    const [good, bad] = rows;
    expect(good).toMatchObject({ mark: 'good', new: { kind: 'let pass' }, isShareKnown: true });
    expect(bad).toMatchObject({ mark: 'caught', isHarmful: true, new: { kind: 'rolled back', rule: 'error_rate' } });
    expect(bad?.old.kind).not.toBe('rolled back');
    expect(bad?.earlierMs).toBeGreaterThan(15 * minute);
    expect(bad?.errorsSaved).toBeGreaterThan(100);
    expect(totals).toMatchObject({ releases: 2, caught: 1, missed: 0, false: 0 });
  });

  it('tries a healthy service against itself', () => {
    const { healthy } = usual;
    expect(healthy.new.releases).toBeGreaterThanOrEqual(5);
    expect(healthy.new.rolledBack).toBe(0);
    expect(healthy.new.atMost).toBeCloseTo(1 - 0.05 ** (1 / healthy.new.releases), 6);
  });

  it('takes the dispersion as the policy states it', () => {
    expect(usual.dispersion).toMatchObject([
      { rule: 'error_rate', least: 1, most: 1, releases: { history: 0 }, why: null },
    ]);
  });
});
