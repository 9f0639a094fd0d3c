/** The words of `recording`: what a real release read, a column a number, in promtool's notation. */
import { z } from 'zod';
import type { NothingReason } from '../../metrics/reading.ts';
import { parseSeriesValues } from '../series-notation.ts';

export const columnWords = z.union([z.string(), z.number()]).transform((given, context) => {
  const parsed = parseSeriesValues(String(given));
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: 'custom', message: parsed.error, input: given });
  return z.NEVER;
});

const reasons = [
  'SourceDown',
  'NoSeries',
  'NoTraffic',
  'Stale',
  'NotFinite',
  'Ambiguous',
  'NoRestartEvidence',
  'BucketMissing',
  'FirstSample',
  'NotApplicable',
] as const satisfies readonly NothingReason[];

const arms = z.strictObject({ canary: columnWords, stable: columnWords });
const counts = z.strictObject({ events: columnWords, bad: columnWords.optional() });
const both = { canary: counts, stable: counts };

const counted = z.strictObject({
  ...both,
  compared: z
    .strictObject({ from: columnWords, to: columnWords, ...both })
    .meta({ description: 'Of both versions up to one common time: from and to are seconds before the look.' }),
  slower: z
    .array(z.strictObject({ bound: z.number().gt(0), canary: columnWords, stable: columnWords }))
    .max(20)
    .optional()
    .meta({ description: 'How many of those compared were slower than a bucket of the histogram.' }),
});

const read = z.strictObject({
  of: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .meta({ description: 'What was measured: a changed query would not be what was recorded.' }),
  bound: z.number().gt(0).optional().meta({ description: "The bucket that was the limit, in the histogram's unit." }),
  age: columnWords.optional().meta({ description: 'Of the newest sample, seconds before the look.' }),
  counts: counted.optional().meta({ description: 'What was new in each look.' }),
  level: arms.optional(),
  volume: z.strictObject({ now: columnWords, then: columnWords }).optional(),
  firing: z
    .strictObject({ canary: columnWords, stable: columnWords, neither: columnWords })
    .optional()
    .meta({ description: 'Since how many seconds; -1: nobody says, _: it does not fire.' }),
  nothing: z
    .array(
      z.strictObject({
        look: z.int().min(1),
        times: z.int().min(1).optional(),
        reason: z.enum(reasons),
        why: z.string().max(500),
      }),
    )
    .optional()
    .meta({ description: 'Looks in which there was nothing to judge by: the first is look 1.' }),
});

export type ReadWords = z.output<typeof read>;

const dispersion = z.strictObject({
  phi: z.number().min(1),
  changePoint: z.enum(['in-time', 'first-tick']),
  from: z.enum(['stated', 'history', 'assumed']),
});

export const recordingWords = z.strictObject({
  release: z.string().min(1).max(300),
  looks: columnWords.meta({ description: 'When the metrics were looked at, seconds since the release began.' }),
  merged: columnWords.optional().meta({ description: 'How many looks each of them stands for. Default 1.' }),
  resumed: columnWords.optional().meta({ description: '1: the first look of another controller. Default 0.' }),
  weight: columnWords.meta({ description: 'Canary percent at the look.' }),
  sent: arms.optional().meta({ description: 'Requests that the router sent each way since that weight was written.' }),
  dispersion: z.record(z.string(), dispersion).optional().meta({ description: 'By rule, as known at the start.' }),
  unjudgeable: z.array(z.strictObject({ rule: z.string(), step: z.int().min(0) })).optional(),
  readings: z.record(z.string(), read).meta({ description: 'By rule.' }),
});

export type RecordingWords = z.output<typeof recordingWords>;
