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
