/** What the API answers besides releases, as schemas. */
import { z } from 'zod';
import { flag, number, phase, result, severity, text, timeMs, unit, verdict } from './release-answers.ts';

const column = z.array(number.nullable());

const weights = z.array(z.strictObject({ atMs: timeMs, percent: number }));

export const releaseChart = z.strictObject({
  release: text,
  startedAtMs: timeMs,
  cut: flag.describe('the oldest looks are not kept any more'),
  next: timeMs.describe('to be given as `after`'),
  rules: z.array(
    z.strictObject({
      rule: text,
      alert: severity,
      unit,
      limitWords: text,
      windowMs: number,
      atMs: z.array(timeMs),
      canary: column,
      stable: column,
      limit: column,
      evidence: z.array(number),
      events: z.array(number),
    }),
  ),
  weight: z.strictObject({
    desired: weights,
    applied: weights,
    observed: weights,
    promotedAtMs: timeMs.nullable(),
  }),
});

const pastRule = z.strictObject({
  name: text,
  unit,
  canary: number.nullable(),
  stable: number.nullable(),
  limitWords: text,
  verdict: verdict.nullable(),
});

const between = z
  .object({ aboveSeconds: number.nullable(), atMostSeconds: number.nullable() })
  .nullable()
  .describe('the quantile is above the one and at most the other; null: no bound on that side is known');

export const responseTime = z.object({
  rule: text,
  quantile: number.describe('0.95 of a p95'),
  targetSeconds: number,
  canary: between,
  stable: between,
  slow: z.object({ canary: number.nullable(), stable: number.nullable() }).describe('share slower than the target'),
  requests: number,
});

export const pastRelease = z.strictObject({
  id: text,
  revision: text,
  stableRevision: text.nullable(),
  startedBy: text,
  startedAtMs: timeMs,
  promotedAtMs: timeMs.nullable(),
  endedAtMs: timeMs.nullable(),
  durationMs: number,
  phase,
  result,
  cause: text.nullable(),
  causeRule: text.nullable(),
  reachedPercent: number,
  toZeroMs: number.nullable(),
  toRecoveryMs: number.nullable().describe('from the first sign of the breach to weight 0'),
  leadMs: number.nullable().describe('from the commit, where a result says `committed_at`, to the promotion'),
  trendForMs: number
    .nullable()
    .describe('how long after the promotion trends were recorded; null: not, or not over yet'),
  requestsFailed: number.nullable(),
  heldMs: number,
  blindMs: number,
  calledFalseAlarm: flag,
  errorRate: pastRule.nullable(),
  slow: pastRule.nullable(),
  responseTime: responseTime.nullable(),
  rules: z.array(pastRule),
});

export const policyHistory = z.strictObject({
  policy: text,
  releases: z.array(pastRelease),
  totals: z.strictObject({
    succeeded: number,
    rolledBack: number,
    failed: number,
    running: number,
    medianSuccessMs: number.nullable(),
  }),
});

const ruleWords = z.strictObject({
  name: text,
  alert: severity,
  at: text,
  threshold: text,
  windowMs: number,
  judge: z.enum(['sequential', 'point']),
  compare: z.enum(['both', 'absolute', 'stable']),
  minEvents: number,
  missing: z.enum(['hold', 'ignore', 'zero']),
  steps: z.array(number),
  advisory: flag,
  description: text,
  runbook: text,
  owner: text,
  says: z.strictObject({ judge: text, convicts: z.array(text), holds: z.array(text), passes: z.array(text) }),
});

const rulePlan = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('planned'),
    rule: text,
    head: text,
    steps: z.array(
      z.strictObject({
        step: text,
        requests: text,
        healthyPasses: text,
        convicts: z.array(text).length(3),
        smallest: text,
        judged: text,
      }),
    ),
    remarks: z.array(text),
  }),
  z.strictObject({ kind: z.literal('unplanned'), rule: text, why: text }),
]);

export const policyRules = z.strictObject({
  policy: text,
  file: text,
  state: z.enum(['good', 'broken', 'unread']),
  problem: text.nullable(),
  hash: text.nullable(),
  rules: z.array(ruleWords),
  plan: z
    .strictObject({
      trafficFrom: z.enum(['now', 'release']),
      atMs: timeMs,
      rules: z.array(rulePlan),
      remarks: z.array(text),
    })
    .nullable(),
  planProblem: text.nullable(),
});

export const policies = z.strictObject({
  policies: z.array(
    z.strictObject({
      name: text,
      namespace: text,
      file: text,
      stable: text.nullable(),
      previous: text.nullable(),
      frozen: z.array(text),
      problem: text.nullable(),
      asked: z
        .union([
          z.strictObject({ kind: z.literal('known'), revision: text, pending: text.nullable() }),
          z.strictObject({ kind: z.literal('unknown'), why: text }),
        ])
        .nullable()
        .describe('what its Deployment asks for, and why nothing came of it yet'),
    }),
  ),
});

export const me = z.strictObject({
  who: text,
  groups: z.array(text).optional(),
  rights: z.array(z.enum(['read', 'act'])),
  why: text.nullable().describe('why orders are refused; null: they are not'),
});

export const queries = z.strictObject({
  release: text,
  rules: z.array(z.strictObject({ rule: text, queries: z.array(z.looseObject({})) })),
});

/** To be given to `sluice rules test --record`; what is in it follows the program's version. */
export const recording = z.looseObject({ id: text, policy: text, revision: text, cut: flag });

/** As it was kept. */
export const attestation = z.looseObject({
  name: text,
  revision: text,
  outcome: z.enum(['pass', 'fail']),
  values: z.record(z.string(), number),
  digests: z.array(text).optional(),
  who: text,
  reason: text,
  atMs: timeMs,
});

export const stableAnswer = z.strictObject({
  policy: text,
  stable: text.nullable(),
  previous: text.nullable(),
  by: z
    .strictObject({ who: text, reason: text, atMs: timeMs })
    .nullable()
    .describe('who said so; null: a release made it stable'),
});

export const livez = z.strictObject({ ok: flag, message: text, ageMs: number });

export const readyz = z.strictObject({ ok: flag, missing: z.array(text) });

export const problem = z.strictObject({
  reason: text.describe('CamelCase, for machines'),
  message: text.describe('a sentence for people'),
});
