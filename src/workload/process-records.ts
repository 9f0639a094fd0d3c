/** What is written down about revisions and their processes, for the next controller to take them up. */
import { z } from 'zod';
import { HostsSpecRecord } from './host-record.ts';

const version = z.literal(1);

const Spec = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('endpoints'),
    urls: z.array(z.string()).readonly(),
    healthPath: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('command'),
    command: z.array(z.string()).readonly(),
    env: z.record(z.string(), z.string()),
    cwd: z.string().nullable(),
    healthPath: z.string().nullable(),
    replicas: z.number(),
  }),
  HostsSpecRecord,
]);

export const RevisionRecord = z.strictObject({
  version,
  revision: z.string(),
  /** When it was first asked for, epoch ms: revisions are listed in this order. */
  createdAtMs: z.number(),
  spec: Spec,
  wanted: z.number().int().min(0),
});

export type RevisionRecord = Readonly<z.infer<typeof RevisionRecord>>;

export const InstanceRecord = z.strictObject({
  version,
  id: z.string(),
  revision: z.string(),
  /** Rises within the revision: the newest has the highest. */
  ordinal: z.number().int().min(1),
  /** Names the latest start; stands in the process's environment. */
  launchId: z.string(),
  /** Null: being started, or down. */
  pid: z.number().int().positive().nullable(),
  /** Tells the process from a later one with the same id; null together with pid. */
  mark: z.string().nullable(),
  port: z.number().int(),
  /** Whether it was ready when this was written. */
  ready: z.boolean(),
  restarts: z.number().int().min(0),
  /** Recent deaths, epoch ms. */
  deaths: z.array(z.number()).readonly(),
});

export type InstanceRecord = Readonly<z.infer<typeof InstanceRecord>>;
