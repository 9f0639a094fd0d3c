/** `approvals`: whose words a release waits for before its first traffic. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { duration } from '../lib/config-file/duration-schema.ts';
import type { ApprovalDemand } from './approval-demand.ts';
import { plainText } from './policy-fields.ts';

/** A name that stands in commands. */
export const checkName = z.string().refine((text) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text), {
  error: ({ input }) => `${describeFound(input)} is no name; use up to 63 lower-case letters, digits and -`,
});

const twoWeeksMs = 14 * 86_400_000;

const approval = z.strictObject({
  name: checkName.meta({ description: 'technical, product, security, business, change.' }),
  by: z.array(plainText).min(1).max(50).optional().meta({
    description:
      'Who may give it: names of the token file; on Kubernetes names of users, and group:NAME. Default: whoever may give orders.',
  }),
  expires: duration({ minMs: 60_000, maxMs: twoWeeksMs })
    .optional()
    .meta({ description: 'How long it counts. Default: until the first traffic.' }),
});

export const noneTwice = (given: readonly { readonly name: string }[], context: z.core.$RefinementCtx): void => {
  const names = given.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  if (twice < 0) return;
  const message = `${describeFound(names[twice])} is there twice`;
  context.addIssue({ code: 'custom', message, path: [twice, 'name'], input: given });
};

export const approvalsWords = z.array(approval).max(20).superRefine(noneTwice);

export const approvalsFrom = (words: z.output<typeof approvalsWords>): readonly ApprovalDemand[] =>
  words.map(({ name, by, expires }) => ({ name, by: by ?? [], expiresMs: expires ?? null }));
