/** What a backtest judges by where nobody states how bursty errors are: what a start at that time would have learned. */
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { defaultPlan } from '../../../src/release/plan.ts';
import { parseRules } from '../../../src/rules/rule-file.ts';
import { backtest } from '../../../src/tuning/backtest/backtest.ts';
import { benchHere } from '../../../src/tuning/backtest/bench-here.ts';
import { surveyOf } from '../../../src/tuning/backtest/survey.ts';
import { dispersionText } from '../../../src/tuning/backtest/words.ts';
import { defaultJudgeSettings } from '../../../src/verdict/settings.ts';
import { madeHistory } from './made-history.ts';

const hour = 3_600_000;
const startMs = Date.UTC(2026, 9, 1);

it('learns from the days before, and assumes where there are none', async () => {
  const rules = await parseRules('error_rate: { threshold: 0.1%, window: 5m, alert: critical }', {
    file: 'rules.yaml',
  });
  if (!rules.ok) throw new Error(JSON.stringify(rules.error));
  const judged = { rules: rules.value, judge: defaultJudgeSettings };
  const lengthMs = 40 * hour;
  const turns = [{ version: 'v1', fromMs: 0, toMs: lengthMs, percent: 100 }];
  const history = madeHistory({ startMs, lengthMs, perSecond: 100, turns });
  const result = await backtest({
    survey: surveyOf(history, systemClock),
    bench: benchHere(history),
    fromMs: startMs,
    toMs: startMs + lengthMs,
    old: judged,
    new: judged,
    oldBy: 'replayed',
    plan: defaultPlan,
    select: {},
    traces: { versionLabel: 'version', annotation: null, policy: null },
    chunkMs: 24 * hour,
    withinMs: 120_000,
    signal: new AbortController().signal,
    clock: systemClock,
    onProgress: () => undefined,
  });
  if (!result.ok) throw new Error(result.error);
  const [used] = result.value.dispersion;
  expect(used).toMatchObject({ rule: 'error_rate', most: 3, why: 'too little history, or too few errors in it' });
  expect(used!.releases.assumed).toBeGreaterThan(15);
  expect(used!.releases.history).toBeGreaterThan(10);
  expect(used!.least).toBeLessThan(1.3);
  expect(dispersionText(used!)).toMatch(
    /^error_rate: dispersion 1(\.\d)? to 3, learned from the seven days before each release for \d+, assumed \(too little/,
  );
}, 60_000);
