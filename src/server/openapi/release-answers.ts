/** The view of a release as the API answers it, as a schema. A later version may add words to it. */
import { z } from 'zod';

export const timeMs = z.number().describe('epoch ms');
export const text = z.string();
export const number = z.number();
export const flag = z.boolean();
const maybe = <S extends z.ZodType>(schema: S): z.ZodNullable<S> => schema.nullable();

export const severity = z.enum(['info', 'warning', 'critical']);
export const unit = z.enum(['ratio', 'seconds', 'alert']);
export const verdict = z.enum(['pass', 'suspect', 'breach', 'inconclusive']);
export const phase = z.enum([
  'preparing',
  'shifting',
  'baking',
  'promoting',
  'watching',
  'rollingBack',
  'succeeded',
  'rolledBack',
  'failed',
]);
export const result = z.enum(['running', 'succeeded', 'rolledBack', 'failed']);

const data = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const cause = z.object({ reason: text, message: text, rule: maybe(text), atMs: timeMs, data });

export const logEntry = z.object({
  atMs: timeMs,
  kind: z.enum(['decision', 'write', 'event', 'action']),
  reason: text,
  message: text,
  data,
});

const counts = z.object({ ready: number, wanted: number });

const step = z.object({
  weight: number,
  bakeMs: number,
  bakedMs: number,
  state: z.enum(['done', 'running', 'due', 'undone']),
});

const offer = z.object({
  name: z.enum(['pause', 'resume', 'promote', 'promoteFull', 'abort', 'retry']),
  allowed: flag,
  why: maybe(text).describe('why not; null: it is allowed'),
  does: text.describe('what happens then'),
  reasonNeeded: flag,
  action: z.enum(['pause', 'resume', 'promote', 'abort', 'retry']).describe('last part of the address to post to'),
  body: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  command: text,
});

export const rule = z.object({
  name: text,
  alert: severity,
  at: text.describe('file:line'),
  threshold: text,
  windowMs: number,
  unit,
  canary: maybe(number),
  stable: maybe(number),
  limit: maybe(number),
  limitWords: text,
  counts: flag,
  events: number,
  stepEvents: number,
  verdict: maybe(verdict),
  outcome: z.enum(['rollback', 'hold', 'none']),
  reason: maybe(text),
  message: text,
  dispersion: maybe(z.object({ phi: number, from: text })),
  evidence: number.describe('0: nothing speaks against the canary, 1: convicted'),
  errorsToConvict: maybe(number),
  take: text,
  advisory: flag,
  runbook: text,
});

export const rollback = z.object({
  reason: text,
  message: text,
  rule: maybe(text),
  at: maybe(text),
  unit: maybe(unit),
  value: maybe(number),
  limit: maybe(number),
  limitWords: maybe(text),
  firstBreachAtMs: maybe(timeMs),
  decidedAtMs: timeMs,
  zeroAtMs: maybe(timeMs),
  toZeroMs: maybe(number),
  emptyAtMs: maybe(timeMs),
  promise: maybe(text),
  requestsFailed: maybe(number),
  didNotHelp: maybe(text),
});

export const falseAlarm = z.object({
  probability: number,
  sentence: text,
  outside: maybe(text),
  called: maybe(z.object({ who: text, reason: text, atMs: timeMs })),
});

const checklistItem = z.object({
  kind: text,
  name: text,
  state: text,
  evidence: text,
  tookMs: maybe(number).describe('how long the answer took, ms'),
  who: maybe(text),
  atMs: maybe(timeMs),
  todo: maybe(text),
  offers: z
    .array(
      z.object({
        name: z.enum(['approve', 'revoke', 'override', 'pass', 'fail']),
        does: text.describe('what happens then'),
        reasonNeeded: flag,
        action: z.enum(['approve', 'override', 'attest']).describe('last part of the address to post to'),
        body: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
        values: z.array(text).describe('numbers that a result is asked for'),
        by: z.array(text).describe('whose order counts; none: of whoever may give orders'),
      }),
    )
    .describe('what a person may order about it now'),
});

export const task = z.object({
  name: text,
  what: text,
  done: flag,
  who: maybe(text),
  atMs: maybe(timeMs),
  note: text,
});

export const trendState = z.object({
  state: z.enum(['recording', 'ended']),
  promotedAtMs: timeMs,
  untilMs: timeMs.describe('when the recording of trends ended, or will'),
  sentence: text,
});

export const releaseView = z.object({
  id: text,
  policy: text,
  revision: text,
  stableRevision: maybe(text),
  mode: z.enum(['enforce', 'advise', 'observe']),
  phase,
  result,
  ended: flag,
  step: maybe(number).describe('counted from 1; null outside the steps'),
  steps: z.array(step),
  weight: z.object({
    desired: number,
    applied: maybe(number),
    observedPercent: maybe(number),
    observedRequests: number,
  }),
  instances: maybe(z.object({ stable: counts, canary: counts })),
  next: z.object({ what: text, inMs: maybe(number), atMs: maybe(timeMs), condition: text }),
  attention: maybe(z.object({ reason: text, message: text, answers: z.array(text) })),
  actions: z.array(offer),
  checklist: z.array(checklistItem),
  trend: maybe(trendState),
  tasks: z.array(task),
  waiting: maybe(cause),
  rules: z.array(rule),
  ruleSet: z.object({ file: text, hash: text }),
  falseAlarm,
  notes: z.array(z.object({ reason: text, rule: maybe(text), message: text })),
  unjudgeable: z.array(z.object({ rule: text, step: number })),
  pauses: z.array(z.object({ by: text, who: text, reason: text, sinceMs: timeMs })),
  investigations: z.array(z.object({ rule: text, openedAtMs: timeMs, spentMs: number, message: text, state: text })),
  orders: z.record(z.string(), maybe(z.object({ who: text, reason: text, atMs: timeMs, step: number }))),
  latch: maybe(cause),
  rollback: maybe(rollback),
  cause: maybe(cause),
  supersededBy: maybe(text),
  frozen: flag,
  sight: z.object({
    blindMs: number,
    blindSinceMs: maybe(timeMs),
    totalBlindMs: number,
    oweMs: number,
    source: maybe(text),
  }),
  times: z.object({
    nowMs: timeMs,
    startedAtMs: timeMs,
    startedBy: text,
    endedAtMs: maybe(timeMs),
    countedMs: number,
    maxDurationMs: number,
  }),
  compression: number,
  outlook: z.array(text),
  recent: z.array(logEntry),
});
