/** `target`: stable as it runs now, as instances that exist or a command to start. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import { contentHash } from '../lib/content-hash.ts';
import type { RevisionSpec } from '../workload/revision-spec.ts';
import type { Target } from './policy.ts';
import { fromFolder, plainText, urlPath } from './policy-fields.ts';

const endpoint = z
  .string()
  .max(300)
  .transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url?.protocol === 'http:' && url.pathname === '/' && url.search === '' && url.username === '')
      return url.origin;
    const message = `${describeFound(text)} is not the address of an instance; write http://HOST:PORT`;
    context.addIssue({ code: 'custom', message, input: text });
    return z.NEVER;
  });

const endpoints = z
  .array(endpoint)
  .min(1)
  .max(1000)
  .refine((all) => new Set(all).size === all.length, 'names an address twice');

const revisionName = z
  .string()
  .refine((text) => /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/.test(text), {
    error: ({ input }) => `${describeFound(input)} is no revision name; use up to 63 letters, digits, dots, - and _`,
  })
  .meta({ description: 'Name of the revision that runs now. Default: a hash of the target.' });

const env = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of an environment variable'),
  z.string().max(10_000),
);

const commandOnly = ['env', 'cwd', 'replicas'] as const;

export const targetWords = z.strictObject(
  {
    command: z
      .array(z.string().min(1))
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Program and arguments to start.' }),
    env: env.optional(),
    cwd: plainText.optional().meta({ description: "Folder to start in, from the policy file's own." }),
    replicas: z.int().min(1).max(1000).optional().meta({ description: 'Instances of the command. Default 1.' }),
    endpoints: endpoints.optional().meta({ description: 'Instances that exist already.' }),
    health: urlPath.optional().meta({ description: 'Path that answers 2xx when an instance is ready.' }),
    revision: revisionName.optional(),
  },
  laterWords('deployment', 'rollout', 'statefulSet'),
);

export type TargetWords = z.output<typeof targetWords>;

/** What the words get wrong together, by their presence alone; null: they make a target. */
export const targetProblem = (words: Readonly<Record<string, unknown>>): string | null => {
  const has = (word: string): boolean => words[word] !== undefined;
  if (has('command') && has('endpoints')) return 'target has both command and endpoints; it needs one of them';
  if (!has('command') && !has('endpoints')) return 'target has neither command nor endpoints; it needs one of them';
  const idle = commandOnly.filter((word) => has('endpoints') && has(word));
  return idle.length === 0 ? null : `target has ${idle.join(', ')}, which only a command has`;
};

/** How many instances of stable there are, for replicas given as a percentage of it. */
export const stableReplicas = (words: TargetWords): number => words.endpoints?.length ?? words.replicas ?? 1;

/** Of words without a problem. */
export const targetFrom = (words: TargetWords, folder: string): Target => {
  const healthPath = words.health ?? null;
  const spec: RevisionSpec =
    words.endpoints === undefined
      ? {
          kind: 'command',
          command: words.command ?? [],
          env: words.env ?? {},
          cwd: fromFolder(folder, words.cwd),
          healthPath,
          replicas: words.replicas ?? 1,
        }
      : { kind: 'endpoints', urls: words.endpoints, healthPath };
  return { revision: words.revision ?? contentHash(spec), spec };
};
