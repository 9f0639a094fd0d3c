/** Rules, settings and contexts for tests of the judge: the shipped error rate, and what a test changes about it. */
import type { Counts, CountsReading } from '../../src/metrics/reading.ts';
import { noCounts } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import type { Selector } from '../../src/rules/sli.ts';
import type { JudgeContext } from '../../src/verdict/context.ts';
import { defaultJudgeSettings, type JudgeSettings } from '../../src/verdict/settings.ts';
import { aRule } from '../support/a-rule.ts';

const selector = (metric: string): Selector => ({ metric, matchers: [] });

export const minute = 60_000;

export const errorRate = aRule({
  sli: { kind: 'ratio', bad: selector('errors_total'), total: selector('requests_total') },
});

export const p95: Rule = {
  ...errorRate,
  name: 'response_time_p95',
  alert: 'warning',
  thresholdText: '500ms',
  threshold: { kind: 'seconds-above', seconds: 0.5 },
  sli: { kind: 'latency', histogram: selector('seconds'), quantile: 0.95, bound: 0.5, unitsPerSecond: 1, snap: false },
  minEvents: 60,
  warmUpMs: minute,
};

export const throughput: Rule = {
  ...errorRate,
  name: 'throughput',
  alert: 'warning',
  thresholdText: '-10% from baseline',
  threshold: { kind: 'drop-from-baseline', ratio: 0.1 },
  windowMs: 10 * minute,
  sli: { kind: 'volume', total: selector('requests_total') },
  compare: 'stable',
  minEvents: 100,
  warmUpMs: minute,
};

export const cpu: Rule = {
  ...errorRate,
  name: 'cpu_usage',
  alert: 'warning',
  thresholdText: '80%',
  threshold: { kind: 'ratio-above', ratio: 0.8 },
  sli: { kind: 'gauge', selector: selector('cpu'), aggregate: 'max' },
  judge: 'point',
  minEvents: 0,
  forMs: 5 * minute,
};

export const settings: JudgeSettings = {
  ...defaultJudgeSettings,
  phi: 1,
  changePoint: 'in-time',
  from: 'stated',
  rules: 6,
};

/** Step 0 at 25 %, applied and raised at time 0. */
export const atStep = (change: Partial<JudgeContext> = {}): JudgeContext => ({
  nowMs: 0,
  step: 0,
  weight: 25,
  split: true,
  weightSinceMs: 0,
  raisedAtMs: 0,
  bakeEnded: false,
  stableProbes: 'pass',
  ...change,
});

export const counts = (events: number, bad = 0): Counts => ({ events, bad });

export interface Arms {
  readonly canary: Counts;
  readonly stable?: Counts | null;
}

/** A reading of the 15 s up to `atMs`, both arms up to the same time. */
export const readingOf = (atMs: number, { canary, stable = noCounts }: Arms): CountsReading => ({
  kind: 'counts',
  atMs,
  fresh: { canary, stable },
  aligned: { fromMs: atMs - 15_000, toMs: atMs, canary, stable: stable ?? noCounts },
});
