/** `backup`: what is kept of a service, besides its revision, before a release changes anything. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import type { HttpAskSpec, JobAskSpec } from './check-spec.ts';
import { jobFrom, jobWords } from './policy-checks.ts';
import { plainText } from './policy-fields.ts';
import { type HookScene, httpFrom, httpWords } from './policy-hook.ts';

/** Files and directories of this machine. */
export interface FileBackup {
  /** Absolute. */
  readonly paths: readonly string[];
  readonly maxBytes: number;
  /** Who may release without it; none: whoever may give orders. */
  readonly overrideBy: readonly string[];
  /** Who backs up what is kept elsewhere, a database say, and answers with the name of it; null: nobody is asked. */
  readonly hook: HookAskSpec | null;
}

export type HookAskSpec = HttpAskSpec | JobAskSpec;

/** Of a service in a cluster: its Deployment, and what its pods use. */
export interface ClusterBackup extends Pick<FileBackup, 'hook' | 'overrideBy'> {
  readonly secrets: 'included' | 'excluded';
}

const units: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };
const sizePattern = /^([1-9][0-9]{0,3}) ?(kB|MB|GB)$/;

const size = z.string().refine((text) => sizePattern.test(text), {
  error: ({ input }) => `${describeFound(input)} is no size; write 500 MB or 2 GB`,
});

const hookWords = z
  .strictObject({ http: httpWords.optional(), job: jobWords.optional() })
  .superRefine(exactlyOne(['http', 'job']))
  .refine(({ http }) => http?.url?.startsWith('{') !== true, {
    error: 'asks no instance of the service: give the address of whoever backs up',
    path: ['http', 'url'],
  })
  .refine(({ http }) => http?.method !== 'HEAD', {
    error: 'HEAD has no answer, and that is what is kept: the name of the backup',
    path: ['http', 'method'],
  })
  .optional()
  .meta({
    description: 'Backs up what is kept elsewhere, a database say, before each backup; its answer stands in the point.',
  });

type HookWords = z.output<typeof hookWords>;

const hookFrom = (words: HookWords, scene: HookScene): HookAskSpec | null => {
  if (words?.job !== undefined) return jobFrom(words.job);
  return words?.http === undefined ? null : httpFrom(words.http, scene);
};

const backupPeople = z
  .array(plainText)
  .min(1)
  .max(50)
  .optional()
  .meta({ description: 'Who may release without the backup. Default: whoever may give orders.' });

export const backupWords = z.strictObject({
  paths: z
    .array(z.string().min(1).max(4096))
    .min(1)
    .max(50)
    .meta({ description: "Files and directories, from this file's folder; all below a directory, links as links." }),
  maxSize: size.optional().meta({ description: 'Of all together; more is refused. Default 1 GB.' }),
  hook: hookWords,
  overrideBy: backupPeople,
});

/** What is kept is known: the Deployment, and the objects that its template names. */
export const clusterBackupWords = z.strictObject(
  {
    secrets: z.enum(['included', 'excluded']).optional().meta({
      description: 'The Secrets that the template names, for which the controller needs rights. Default excluded.',
    }),
    hook: hookWords,
    overrideBy: backupPeople,
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys' && issue.keys.some((key) => key === 'paths' || key === 'maxSize')
        ? 'keeps no files in a cluster, but the Deployment and what its pods use; write {} or { secrets: included }'
        : undefined,
  },
);

export const clusterBackupFrom = (
  words: z.output<typeof clusterBackupWords> | undefined,
  scene: HookScene,
): ClusterBackup | null =>
  words === undefined
    ? null
    : {
        secrets: words.secrets ?? 'excluded',
        overrideBy: words.overrideBy ?? [],
        hook: hookFrom(words.hook, scene),
      };

const bytesOf = (text: string): number => {
  const [, count = '1', unit = 'GB'] = sizePattern.exec(text) ?? [];
  return Number(count) * (units[unit] ?? 1);
};

export const backupFrom = (words: z.output<typeof backupWords> | undefined, folder: string): FileBackup | null =>
  words === undefined
    ? null
    : {
        paths: words.paths.map((path) => resolve(folder, path)),
        maxBytes: bytesOf(words.maxSize ?? '1 GB'),
        overrideBy: words.overrideBy ?? [],
        hook: hookFrom(words.hook, { folder, servers: {} }),
      };

interface BackupIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What the words of several parts get wrong together. */
export function backupIssues({
  backup,
  checks,
  gates,
  mode,
}: Readonly<Record<string, unknown>>): readonly BackupIssue[] {
  const list: readonly unknown[] = Array.isArray(gates) ? gates : [];
  const asked = list.flatMap((gate, index) =>
    (gate as { check?: unknown } | null)?.check === 'backup' ? [index] : [],
  );
  const issues: BackupIssue[] = asked.flatMap((index) =>
    backup === undefined
      ? [{ path: ['gates', index, 'check'], message: 'check: backup needs spec.backup, which says what is kept' }]
      : [],
  );
  if (backup === undefined) issues.push(...restoreChecks(checks));
  if (backup !== undefined && mode === 'observe')
    issues.push({ path: ['backup'], message: 'backup is not for mode: observe, which changes nothing' });
  return issues;
}

/** They would never be asked. */
const restoreChecks = (checks: unknown): readonly BackupIssue[] =>
  (Array.isArray(checks) ? checks : []).flatMap((check: unknown, index) => {
    const at: unknown = (check as { at?: unknown } | null)?.at;
    return Array.isArray(at) && at.includes('onRestore')
      ? [{ path: ['checks', index, 'at'], message: 'onRestore needs spec.backup, which says what is kept' }]
      : [];
  });
