/** What the API answers about backups and restores, as schemas. */
import { z } from 'zod';
import { text, timeMs } from './release-answers.ts';

export const rollbackPoint = z.strictObject({
  id: text,
  revision: text.describe("stable's, when it was taken"),
  takenAtMs: timeMs,
  verifiedAtMs: timeMs.describe('it was read back then'),
  checksum: text,
  holds: text,
});

export const restoreReport = z.strictObject({
  policy: text,
  point: rollbackPoint,
  dryRun: z.boolean(),
  items: z.array(
    z.strictObject({
      name: text,
      state: z.enum(['same', 'restore', 'overwrite', 'conflict', 'done']),
      diff: z.array(text).describe('what differs; of secrets only that they do'),
    }),
  ),
  remarks: z.array(text),
  checklist: z.array(z.strictObject({ name: text, state: z.enum(['passed', 'failed', 'unknown']), evidence: text })),
});
