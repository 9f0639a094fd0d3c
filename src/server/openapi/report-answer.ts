/** The deployment report as the API answers it, as a schema. A later version may add words to it. */
import { z } from 'zod';
import { pastRelease, releaseChart, responseTime } from './answers.ts';
import {
  falseAlarm,
  flag,
  logEntry,
  number,
  rollback,
  rule,
  task,
  text,
  timeMs,
  trendState,
} from './release-answers.ts';
import { trends } from './trends-answer.ts';

const maybe = <S extends z.ZodType>(schema: S): z.ZodNullable<S> => schema.nullable();

const impact = z.object({
  level: z
    .enum(['zeroDowntime', 'minor', 'major', 'notMeasured'])
    .describe('zeroDowntime: surely no interruption over 30 s; major: one over 5 min, or 5 % of all requests failed'),
  sentence: text,
  longest: maybe(
    z.object({
      seenAtMs: timeMs,
      leastMs: number.describe('it surely lasted so long'),
      mostMs: number.describe('it can have lasted so long: counters are read from look to look'),
      failed: number,
    }),
  ),
  longestUnseenMs: maybe(number).describe('longest time in which nothing was counted'),
  fromMs: maybe(timeMs),
  toMs: maybe(timeMs),
  by: maybe(text).describe("router: by the data plane's own counters; else the rule that counted"),
  requests: maybe(number),
  failed: maybe(number),
});

const findings = z.object({
  results: z.array(
    z.object({
      name: text,
      outcome: z.enum(['pass', 'fail']),
      values: z.record(z.string(), number),
      who: text,
      reason: text,
      atMs: timeMs,
    }),
  ),
  coverage: maybe(number),
  security: maybe(z.record(z.string(), number)),
});

const recovery = rollback.extend({
  executed: flag,
  toRecoveryMs: maybe(number).describe('from the first sign of the breach to weight 0'),
  verified: z.array(z.object({ what: text, state: z.enum(['yes', 'no', 'unknown']), evidence: text })),
});

const step = z.object({
  weight: number,
  bakeMs: number,
  replicas: maybe(z.union([number, text])),
  reachedAtMs: maybe(timeMs),
  tookMs: maybe(number),
  observedPercent: maybe(number),
  requests: maybe(number),
});

const ruleTrend = z.object({
  rule: text,
  unit: z.enum(['ratio', 'seconds', 'alert']),
  limit: number,
  limitWords: text,
  atMs: z.array(timeMs),
  value: z.array(number),
  rise: maybe(
    z.object({
      from: number,
      to: number,
      perMs: number,
      toLimitMs: maybe(number).describe('if it goes on like that; null: it is there'),
    }),
  ),
});

export const deploymentReport = z.object({
  format: z.literal(1).describe('a later one may add words, and never changes what one means'),
  id: text,
  policy: text,
  revision: text,
  stableRevision: maybe(text),
  startedBy: text,
  compression: number,
  writtenAtMs: timeMs,
  status: z.enum(['success', 'rollback', 'partial', 'underWay']).describe('partial: it ended without a verdict'),
  statusWhy: text,
  startedAtMs: timeMs,
  promotedAtMs: maybe(timeMs),
  endedAtMs: maybe(timeMs),
  durationMs: number,
  blindMs: number,
  impact,
  findings,
  responseTime: maybe(responseTime),
  steps: z.array(step),
  rules: z.array(rule),
  ruleSet: z.object({ file: text, hash: text }),
  falseAlarm,
  notes: z.array(z.object({ reason: text, rule: maybe(text), message: text })),
  checklist: z.array(
    z.object({ kind: text, name: text, state: text, evidence: text, who: maybe(text), atMs: maybe(timeMs) }),
  ),
  issues: z.array(z.object({ atMs: timeMs, reason: text, message: text, lastedMs: maybe(number) })),
  rollback: maybe(recovery),
  lessons: z.object({ wentWell: z.array(text), couldImprove: z.array(text), actions: z.array(text) }),
  tasks: z.array(task),
  success: z.array(z.object({ what: text, state: z.enum(['met', 'missed', 'notMeasured']), said: text })),
  afterPromotion: maybe(trendState.extend({ rules: z.array(ruleTrend) })),
  earlier: z.array(pastRelease).describe('the release itself, then those before it'),
  trends: trends.describe('as they were when it ended'),
  decisions: z.array(logEntry),
  chart: releaseChart,
});
