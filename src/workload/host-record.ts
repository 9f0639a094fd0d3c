/** What is written down about a host: whose it is, what it runs, and the command that is changing it. */
import { z } from 'zod';

const words = z.array(z.string()).readonly();

export const HostsSpecRecord = z.strictObject({
  kind: z.literal('hosts'),
  hosts: z.array(z.strictObject({ name: z.string(), url: z.string() })).readonly(),
  commands: z.strictObject({
    deploy: words,
    promote: words.nullable(),
    rollback: words.nullable(),
    remove: words.nullable(),
    timeoutMs: z.number(),
    retries: z.number().int(),
    drainMs: z.number(),
  }),
  artefact: z.string().nullable(),
  env: z.record(z.string(), z.string()),
  cwd: z.string().nullable(),
  healthPath: z.string().nullable(),
  replicas: z.number(),
});

export const HostRecord = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  url: z.string(),
  /** Revision that the host belongs to; null: it is free. */
  revision: z.string().nullable(),
  /** Rises within the revision: the newest has the highest. 0: free. */
  ordinal: z.number().int().min(0),
  /**
   * `found`: what is there when Sluice first sees it is taken for the revision, if it answers. `leaving`: requests are drained. `changing`:
   * a command runs. `done`: the revision is there. `failed`: the command did not succeed. `free`: nobody's.
   */
  stage: z.enum(['free', 'found', 'leaving', 'changing', 'done', 'failed']),
  /** Revision that a command was last run for, with its spec; null: nobody knows. */
  runs: z.strictObject({ revision: z.string(), spec: HostsSpecRecord }).nullable(),
  /** Whether that command succeeded. */
  intact: z.boolean(),
  /** What it ran before that. */
  before: z.string().nullable(),
  /** When it was last taken from whoever it served, epoch ms; null: it served nobody. */
  leftAtMs: z.number().nullable(),
  /** The command under way, or that failed last. */
  run: z
    .strictObject({
      id: z.string(),
      action: z.enum(['deploy', 'promote', 'rollback', 'remove']),
      /** From 1. */
      attempt: z.number().int(),
      startedAtMs: z.number(),
    })
    .nullable(),
  /** Why the last attempt failed, for people. */
  problem: z.string().nullable(),
  /** When a failed host is tried again, epoch ms. */
  dueAtMs: z.number().nullable(),
  /** Whether it was ready when this was written. */
  ready: z.boolean(),
});

export type HostRecord = Readonly<z.infer<typeof HostRecord>>;

export type HostAction = NonNullable<HostRecord['run']>['action'];

export const newHost = (name: string, url: string): HostRecord => ({
  version: 1,
  name,
  url,
  revision: null,
  ordinal: 0,
  stage: 'free',
  runs: null,
  intact: false,
  before: null,
  leftAtMs: null,
  run: null,
  problem: null,
  dueAtMs: null,
  ready: false,
});
