/** Trends over the releases of a policy as the API answers them, as a schema. */
import { z } from 'zod';
import { periods } from '../../report/trends/period.ts';
import { number, text, timeMs } from './release-answers.ts';

const maybe = number.nullable();

const trend = z.strictObject({
  fromMs: timeMs,
  untilMs: timeMs,
  deployments: number.describe('releases that were promoted, or taken back from users'),
  failures: number.describe('taken back, without false alarms'),
  falseAlarms: number.describe('taken back, and called a false alarm afterwards'),
  changeFailureRatio: maybe.describe('failures by deployments'),
  restoreMs: maybe.describe('median of the failures, from the first sign of the breach to weight 0'),
  leadMs: maybe.describe('median of the successes, from the commit to the promotion'),
  durationMs: maybe.describe('median of the successes that have ended, watch included'),
  errorRatio: maybe.describe('median of the successes: failed requests of the canary'),
  slowRatio: maybe.describe("median of the successes: requests of the canary over the latency rule's time"),
  responseTime: z
    .strictObject({ aboveSeconds: maybe, atMostSeconds: maybe })
    .nullable()
    .describe("median of the successes: the canary's quantile is above the one and at most the other"),
});

export const trends = z.strictObject({
  policy: text,
  period: z.enum(periods).describe('by UTC; weeks begin on Monday'),
  whole: trend.extend({ perWeek: maybe.describe('deployments; null: less than a week has gone by') }),
  quantile: maybe.describe('that responseTime tells of: 0.95 of a p95'),
  periods: z.array(trend).describe('newest first, without gaps, at most 12'),
});
