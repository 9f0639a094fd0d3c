/** A person's order as an object of a cluster: what is asked for, by whom, and what became of it. */
import { z } from 'zod';
import { checkName } from './policy-approvals.ts';
import { digestsWords } from './policy-fields.ts';
import { valueName } from './policy-gates.ts';

/** As the HTTP API calls them, and as a role grants them as verbs on the policy. */
const orderActions = [
  'pause',
  'resume',
  'promote',
  'abort',
  'retry',
  'answer',
  'note',
  'approve',
  'override',
  'attest',
  'set-stable',
  'start',
  'backup',
  'restore',
] as const;

const name = z.string().min(1).max(253);

export const orderSpec = z.strictObject({
  policy: name.meta({ description: 'ReleasePolicy in the same namespace.' }),
  action: z.enum(orderActions),
  revision: name
    .optional()
    .meta({ description: 'That it is about: the release must deliver it. backup and restore need none.' }),
  user: z
    .string()
    .min(1)
    .max(1_000)
    .meta({ description: 'Who orders it, as the API server calls them: another name is refused.' }),
  groups: z
    .array(z.string().max(253))
    .max(200)
    .optional()
    .meta({ description: 'Of the user, as far as an approval may be theirs.' }),
  release: name.optional().meta({
    description:
      'Release that it is for; left out: the newest of the policy. attest, set-stable, start, backup and restore need none.',
  }),
  reason: z.string().max(1_000).optional(),
  full: z.boolean().optional().meta({ description: 'promote: ends the bakes of all steps.' }),
  step: z
    .int()
    .min(0)
    .max(1_000)
    .optional()
    .meta({ description: 'promote: the step that is meant, from 1; 0: preparing.' }),
  rule: name.optional().meta({ description: 'answer, note: whose investigation; left out: all.' }),
  approval: z.string().min(1).max(63).optional(),
  revoke: z.boolean().optional().meta({ description: 'approve: takes the approval back.' }),
  gate: z.string().min(1).max(63).optional().meta({ description: 'override: the gate or check that is passed over.' }),
  name: checkName.optional().meta({ description: 'attest: the result.' }),
  outcome: z.enum(['pass', 'fail']).optional(),
  values: z.record(valueName, z.number()).optional(),
  digests: digestsWords.optional(),
  rollback: z
    .enum(['auto', 'ask', 'forbidden'])
    .optional()
    .meta({ description: 'start: what a breach of this release does.' }),
  to: name.optional().meta({ description: 'restore: name of the rollback point; left out: the newest.' }),
  dryRun: z
    .boolean()
    .optional()
    .meta({ description: 'restore: only tells what would change; backup: only tells the points that there are.' }),
  overwrite: z
    .array(z.string().min(1).max(400))
    .max(100)
    .optional()
    .meta({ description: 'restore: what may go although it was changed since, as `Secret db`; all: everything.' }),
});

export type OrderSpec = z.output<typeof orderSpec>;

export const orderStatus = z.object({
  phase: z.enum(['Accepted', 'Refused']).optional().meta({ description: 'Left out: no controller answered yet.' }),
  reason: z.string().max(1_024).optional(),
  message: z.string().max(32_768).optional(),
  release: z.string().max(253).optional().meta({ description: 'The release after it.' }),
  answeredAt: z.string().max(40).optional(),
  startedAt: z.string().max(40).optional().meta({ description: 'backup, restore: a controller began it.' }),
  report: z.string().max(65_536).optional().meta({
    description: 'backup: the points, restore: what it did, as JSON; of configuration keys only, never values.',
  }),
});

export type OrderStatus = z.output<typeof orderStatus>;

/** An order that nobody took for so long is not carried out any more. */
export const orderLivesMs = 60_000;
