/** `load`: requests that Sluice makes itself for a canary that few users reach: how many, for how long, and what may fail. */
import { z } from 'zod';
import { duration } from '../lib/config-file/duration-schema.ts';
import type { LoadAskSpec } from './check-spec.ts';
import { urlPath } from './policy-fields.ts';

export const loadWords = z.strictObject({
  path: urlPath.meta({ description: 'Asked with GET of each ready instance of the canary in turn.' }),
  rate: z.int().min(1).max(200).meta({ description: 'Requests a second over all instances.' }),
  for: duration({ minMs: 1_000, maxMs: 1_800_000 }),
  timeout: duration({ minMs: 10, maxMs: 60_000 }).optional().meta({ description: 'Of one request. Default 5s.' }),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is no name of an HTTP header'),
      z
        .string()
        .max(4_000)
        .regex(/^[^\r\n]*$/, 'holds a line break'),
    )
    .optional(),
  maxFailed: z
    .string()
    .regex(/^[0-9]{1,3}(\.[0-9]+)? ?%$/, 'is no percentage; write 1%')
    .optional()
    .meta({ description: 'Part of the requests that may fail. Default 1%.' }),
});

export const loadFrom = (words: z.output<typeof loadWords>): LoadAskSpec => ({
  kind: 'load',
  path: words.path,
  perSecond: words.rate,
  forMs: words.for,
  timeoutMs: words.timeout ?? 5_000,
  headers: words.headers ?? {},
  maxFailed: Number.parseFloat(words.maxFailed ?? '1') / 100,
});
