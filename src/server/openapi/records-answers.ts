/** What the API answers of its records, as schemas. */
import { z } from 'zod';
import { number, text, timeMs } from './release-answers.ts';

export const delivery = z.strictObject({
  policy: text,
  target: text,
  service: text.describe('`slack`, `email`, ...'),
  notice: text.describe('id, the same when it is sent again'),
  about: text.describe('key of the incident or thread'),
  urgency: text,
  reason: text,
  title: text,
  releases: z.array(text),
  atMs: timeMs.describe('when it happened'),
  triedAtMs: timeMs.describe('when it was last tried, or given up'),
  outcome: z.enum(['trying', 'sent', 'failed', 'dropped']),
  attempts: number,
  why: text.describe('why it was not taken; empty: nothing to say'),
});

export const trailEntry = z.strictObject({
  number: number.describe('grows with each entry'),
  atMs: timeMs,
  who: text.describe('`sluice`: the controller itself'),
  what: text,
  policy: text,
  release: text.nullable().describe('null: it is about the policy'),
  revision: text.nullable(),
  why: text.describe('the reason that was given; empty: none was'),
  message: text,
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export const trailProof = z.strictObject({
  entries: number,
  first: number.nullable().describe('number of the oldest entry that is kept'),
  last: number.nullable(),
  hash: text.nullable().describe('of the newest entry, to be kept elsewhere; null: this trail has no hashes'),
  how: text.describe('what it rests on'),
  problems: z.array(text).describe('empty: nothing was found'),
});
