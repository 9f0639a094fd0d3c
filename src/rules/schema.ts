/** The words of a rule, as zod reads them from a file; what they mean together is decided afterwards. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { duration } from '../lib/config-file/duration-schema.ts';
import type { Result } from '../lib/result.ts';
import type { BurnPair } from './burn-rate.ts';
import { knownNames } from './measured-by-name.ts';
import { presets } from './presets.ts';
import { protocols } from './request-metrics.ts';
import { routePattern } from './routes.ts';
import { labelNamePattern, parseSelector } from './selector.ts';
import { parseThreshold, withoutUnit } from './threshold.ts';

const hours = (n: number): number => n * 3_600_000;

/** Text of a little language of its own, understood by `parse`. */
const words = <T>(
  parse: (text: string) => Result<T, string>,
  wrongKind: (input: unknown) => string,
  about: { readonly description: string; readonly examples: readonly string[] },
) =>
  z
    .string({ error: ({ input }) => (input === undefined ? undefined : wrongKind(input)) })
    .meta({ description: about.description, examples: [...about.examples] })
    .transform((text, context): { readonly text: string; readonly meaning: T } => {
      const parsed = parse(text);
      if (parsed.ok) return { text, meaning: parsed.value };
      context.addIssue({ code: 'custom', message: parsed.error, input: text });
      return z.NEVER;
    });

const thresholdKind = (input: unknown): string => {
  if (typeof input === 'number') return withoutUnit(String(input));
  return `${describeFound(input)} is not a threshold; write 0.1%, 500ms, 0.5s or -10% from baseline`;
};

const threshold = words(parseThreshold, thresholdKind, {
  description: 'The limit: `0.1%`, `500ms`, `0.5s` or `-10% from baseline`.',
  examples: ['0.1%', '500ms', '0.5s', '-10% from baseline', '80%'],
});

const selector = words(parseSelector, (input) => `${describeFound(input)} is not a PromQL selector`, {
  description: "A PromQL selector. The version's labels are added.",
  examples: ['http_requests_total{code=~"5.."}'],
});

const queryForms =
  'is none of: PromQL text with $arm, {bad, total}, {histogram}, {total}, where each is a PromQL selector, or {alert: NAME}';

const query = z
  .union(
    [
      z.string().min(1),
      z.strictObject({ bad: selector, total: selector }),
      z.strictObject({
        histogram: selector,
        unit: z.enum(['seconds', 'milliseconds']).optional(),
        quantile: z.number().gt(0).lt(1).optional(),
      }),
      z.strictObject({ total: selector }),
      z.strictObject({
        alert: z
          .string()
          .min(1)
          .max(200)
          .regex(/^[^\p{C}]*$/u, 'holds letters that cannot be printed'),
        labels: z.record(z.string().regex(labelNamePattern, 'is no name of a label'), z.string().max(200)).optional(),
      }),
    ],
    { error: ({ input }) => `${describeFound(input)} ${queryForms}` },
  )
  .meta({ description: 'What is measured, in place of a preset.' });

const url = z
  .string()
  .max(500)
  .refine((text) => /^https?:\/\/[^\s<>"]+$/.test(text), 'is not an http or https address');

const burnWindow = duration({ minMs: 1_000, maxMs: hours(72) });

const burnPair = z
  .strictObject({ rate: z.number().gt(0).max(1_000_000), long: burnWindow, short: burnWindow })
  .transform(({ rate, long, short }): BurnPair => ({ rate, longMs: long, shortMs: short }));

const route = z
  .string()
  .refine((text) => routePattern.test(text), 'is no route: up to 100 printable letters, as the label has it');

/** A rule of a file. Every default depends on what is measured: see `rule-defaults.ts`. */
export const ruleWords = z
  .strictObject({
    threshold: threshold.optional(),
    window: duration({ minMs: 1_000, maxMs: hours(24) })
      .optional()
      .meta({
        description: 'What the number on the screen, `suspect` and the point judge look back over.',
      }),
    alert: z.enum(['critical', 'warning', 'info']).meta({
      description: 'critical: roll back at once; warning: hold, and a person must answer; info: recorded only.',
    }),
    query: query.optional(),
    preset: z.enum(presets).optional().meta({ description: 'Whose metrics the name of the rule means.' }),
    protocol: z.enum(protocols).optional().meta({
      description: 'What the requests speak. grpc: calls by status class; grpc-stream: starts and abnormal closes.',
    }),
    routes: z.array(route).min(1).max(20).optional().meta({
      description: 'Routes that are judged each by itself, as a rule of its own.',
    }),
    routeLabel: z.string().regex(labelNamePattern, 'is no name of a label').optional().meta({
      description: "Label that names the route. Default: the preset's.",
    }),
    burnRate: z.array(burnPair).min(1).max(4).optional().meta({
      description: 'The threshold is an error budget; outside is what uses it up this many times too fast.',
    }),
    judge: z.enum(['sequential', 'point']).optional().meta({
      description: 'sequential: evidence, however often one looks (default for counts); point: the plain comparison.',
    }),
    compare: z.enum(['both', 'absolute', 'stable']).optional().meta({
      description: 'Against the threshold, against stable, or both (default).',
    }),
    baseline: z.enum(['stable', '1d', '7d']).optional().meta({
      description: 'Throughput: against stable (default), or all requests against one or seven days ago, as a warning.',
    }),
    ratio: z.number().min(1).max(100).optional().meta({
      description: '"Worse than stable" starts at this many times stable\'s rate. Default 1.25.',
    }),
    minEvents: z.int().min(1).max(1_000_000_000).optional().meta({
      description: 'Canary requests that a pass needs. Default: 3 divided by the threshold.',
    }),
    advanceOn: z.enum(['compatible', 'proven']).optional().meta({
      description: 'compatible: no sign of harm in enough requests (default); proven: evidence of health.',
    }),
    warmUp: duration({ minMs: 0, maxMs: hours(1) })
      .optional()
      .meta({
        description: 'Start of each step that does not count. Default 60s for response times, CPU and throughput.',
      }),
    for: duration({ minMs: 0, maxMs: hours(24) })
      .optional()
      .meta({
        description: 'How long a point rule must stay outside to be a breach. Default: the window.',
      }),
    missing: z.enum(['hold', 'ignore', 'zero']).optional().meta({
      description: 'What absent series mean. Default hold.',
    }),
    steps: z.array(z.int().min(1).max(100)).min(1).max(20).optional().meta({
      description: 'Canary weights at which the rule applies. Default: all.',
    }),
    dryRun: z.boolean().optional().meta({ description: 'Judged and shown, but moves nothing.' }),
    snap: z.boolean().optional().meta({
      description: 'Take the next lower bucket of the histogram when none equals the threshold.',
    }),
    description: z.string().max(500).optional(),
    runbook: url.optional().meta({ description: 'Address of the page that says what to do.' }),
    owner: z.string().max(200).optional(),
  })
  // A rule that reads an alert has neither; whether the others do is told by `missingWords`, with their name.
  .meta({
    id: 'rule',
    anyOf: [{ required: ['threshold', 'window'] }, { properties: { query: { required: ['alert'] } } }],
  });

const knownRules = Object.fromEntries(knownNames.map((name) => [name, ruleWords.optional()]));

/** A whole file, for the JSON Schema of editors; a file is read rule by rule, so that one broken rule hides no other. */
export const ruleFileWords = z
  .object({
    critical: z.literal('none').optional().meta({ description: 'Says that no rule here is critical.' }),
    ...knownRules,
  })
  .catchall(ruleWords);

export type RuleWords = z.output<typeof ruleWords>;
