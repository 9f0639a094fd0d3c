/** `target`: stable as it runs now, as instances that exist, a command to start, or hosts and commands that change them. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import { contentHash } from '../lib/content-hash.ts';
import type { LocalSpec } from '../workload/revision-spec.ts';
import type { Target } from './policy.ts';
import { endpoint } from './policy-endpoint.ts';
import { fromFolder, plainText, urlPath } from './policy-fields.ts';
import { hostCommandWords, hostsProblem, hostsSpec, hostsWords } from './policy-hosts.ts';

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

const forms = ['command', 'endpoints', 'hosts'] as const;

/** Words that need something to be run. */
const ofRunning = ['env', 'cwd', 'replicas'] as const;

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
    replicas: z.int().min(1).max(1000).optional().meta({
      description: 'Instances of the command, default 1; or hosts that stable runs on, default all but one.',
    }),
    endpoints: endpoints.optional().meta({ description: 'Instances that exist already.' }),
    hosts: hostsWords.optional().meta({ description: 'Machines that commands put revisions on.' }),
    commands: hostCommandWords.optional(),
    artefact: plainText.optional().meta({ description: 'What the commands install. Default: the revision.' }),
    health: urlPath.optional().meta({ description: 'Path that answers 2xx when an instance is ready.' }),
    revision: revisionName.optional(),
  },
  laterWords('deployment', 'rollout', 'statefulSet'),
);

export type TargetWords = z.output<typeof targetWords>;

/** What the words get wrong together, by their presence alone; null: they make a target. */
export const targetProblem = (words: Readonly<Record<string, unknown>>): string | null => {
  const has = (word: string): boolean => words[word] !== undefined;
  const given = forms.filter(has);
  if (given.length > 1) return `target has both ${given.join(' and ')}; it needs one of them`;
  const hosts = hostsProblem(words);
  if (hosts !== null) return hosts;
  if (given.length === 0) return 'target has neither command nor endpoints nor hosts; it needs one of them';
  const idle = ofRunning.filter((word) => has('endpoints') && has(word));
  if (idle.length > 0) return `target has ${idle.join(', ')}, which only a command has`;
  return has('artefact') && !has('hosts') ? 'target has artefact, which only hosts have' : null;
};

/** How many instances of stable there are, for replicas given as a percentage of it. */
export const stableReplicas = ({ endpoints: urls, hosts, replicas }: TargetWords): number =>
  urls?.length ?? replicas ?? (hosts === undefined ? 1 : hosts.length - 1);

/** The same of words as they stand in the file; null: they can't be read, or name what exists as large as it is. */
export const sizeOfStable = (target: unknown): number | null => {
  const words = targetWords.safeParse(target);
  return words.success && words.data.endpoints === undefined ? stableReplicas(words.data) : null;
};

/** Of words without a problem. */
export const targetFrom = (words: TargetWords, folder: string): Target => {
  const spec = specFrom(words, folder);
  return { revision: words.revision ?? contentHash(spec), spec };
};

function specFrom(words: TargetWords, folder: string): LocalSpec {
  const { commands, hosts, health, endpoints: urls } = words;
  const healthPath = health ?? null;
  if (urls !== undefined) return { kind: 'endpoints', urls, healthPath };
  const running = { env: words.env ?? {}, cwd: fromFolder(folder, words.cwd), healthPath };
  const replicas = stableReplicas(words);
  return hosts === undefined || commands === undefined
    ? { kind: 'command', command: words.command ?? [], ...running, replicas }
    : hostsSpec({ hosts, commands, ...running, artefact: words.artefact ?? null, replicas });
}
