/** The decision log of a release in a cluster: its end in the status, what is older in ConfigMaps that go with the release. */
import { z } from 'zod';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { KubeProblem } from '../kube/problem.ts';
import { parsedJson } from '../lib/parsed-json.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { ownedBy } from './kubernetes-owned.ts';
import type { LogEntry } from './log.ts';

/** Lines of the status: more than this are moved out, down to half of it. */
const mostInStatus = 100;

/** Lines of one ConfigMap. */
const chunkLines = 250;

/** Lines that are kept of one release. */
const mostKept = 2_000;

const label = 'sluice.dev/log-of';

export interface StatusLog {
  readonly log: readonly LogEntry[];
  /** Number of the first of them; those before are in ConfigMaps. */
  readonly logFrom: number;
}

const statusLog = z.looseObject({ log: z.array(z.unknown()).optional(), logFrom: z.number().optional() });

export function statusLogOf(object: KubeObject): StatusLog {
  const { log = [], logFrom = 0 } = statusLog.safeParse(object['status'] ?? {}).data ?? {};
  return { log: log as readonly LogEntry[], logFrom };
}

export interface Split {
  /** What the status is to have. */
  readonly kept: StatusLog;
  /** What must be in ConfigMaps before it has only that. */
  readonly moved: StatusLog;
}

export function withLines({ log, logFrom }: StatusLog, lines: readonly LogEntry[]): Split {
  const all = [...log, ...lines];
  const out = all.length > mostInStatus ? all.length - mostInStatus / 2 : 0;
  return { kept: { log: all.slice(out), logFrom: logFrom + out }, moved: { log: all.slice(0, out), logFrom } };
}

interface Shelf {
  readonly client: KubeClient;
  /** ConfigMaps of the namespace, in the API. */
  readonly folder: string;
  readonly release: KubeObject;
}

/** Written again it is the same: names say with which line a ConfigMap begins. */
export async function moveOut(
  { client, folder, release }: Shelf,
  { log, logFrom }: StatusLog,
): Promise<Result<void, KubeProblem>> {
  for (let at = 0; at < log.length; at += chunkLines) {
    const name = `${release.metadata.name}-log-${logFrom + at}`;
    const body = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels: { [label]: release.metadata.name }, ownerReferences: [ownedBy(release)] },
      data: { from: String(logFrom + at), lines: JSON.stringify(log.slice(at, at + chunkLines)) },
    };
    const made = await client.create(folder, body);
    if (made.ok) continue;
    if (made.error.reason !== 'AlreadyExists') return made;
    const again = await client.replace(`${folder}/${name}`, body);
    if (!again.ok) return again;
  }
  return ok(undefined);
}

interface Chunk {
  readonly from: number;
  readonly lines: readonly LogEntry[];
  readonly object: KubeObject;
}

const logLines = z.array(
  z.looseObject({
    ...{ atMs: z.number(), kind: z.enum(['decision', 'write', 'event', 'action']), reason: z.string() },
    ...{ message: z.string(), data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])) },
  }),
);

const chunkData = z.looseObject({
  from: z.string().regex(/^\d{1,9}$/),
  lines: z.string().transform((text, context): readonly LogEntry[] => {
    const lines = logLines.safeParse(parsedJson(text)).data;
    if (lines !== undefined) return lines;
    context.addIssue({ code: 'custom', message: 'holds no lines of a log', input: text });
    return z.NEVER;
  }),
});

/** A ConfigMap that somebody has edited, so that no lines are in it any more, is left out. */

async function chunksOf({ client, folder, release }: Shelf): Promise<Result<readonly Chunk[], KubeProblem>> {
  const listed = await client.list(folder, { labelSelector: `${label}=${release.metadata.name}` });
  if (!listed.ok) return listed;
  const chunks = listed.value.objects.flatMap((object): Chunk[] => {
    const data = chunkData.safeParse(object['data']).data;
    const isOurs = object.metadata.labels?.[label] === release.metadata.name;
    return data === undefined || !isOurs ? [] : [{ from: Number(data.from), lines: data.lines, object }];
  });
  return ok(chunks.toSorted((a, b) => a.from - b.from));
}

/** The last lines, oldest first. */
export async function lastLines(shelf: Shelf, last: number): Promise<Result<readonly LogEntry[], KubeProblem>> {
  const { log, logFrom } = statusLogOf(shelf.release);
  if (log.length >= last || logFrom === 0) return ok(log.slice(-last));
  const chunks = await chunksOf(shelf);
  if (!chunks.ok) return failed(chunks.error);
  // Lines that were moved out by a write of the status which then did not come about count for nothing.
  const older = chunks.value.flatMap(({ from, lines }) => lines.slice(0, Math.max(0, logFrom - from)));
  return ok([...older, ...log].slice(-last));
}

/** Forgets what is older than what is kept. */
export async function thinOut(shelf: Shelf): Promise<void> {
  const { logFrom } = statusLogOf(shelf.release);
  if (logFrom <= mostKept) return;
  const chunks = await chunksOf(shelf);
  const old = chunks.ok ? chunks.value.filter(({ from, lines }) => from + lines.length <= logFrom - mostKept) : [];
  await Promise.all(old.map(({ object }) => shelf.client.delete(`${shelf.folder}/${object.metadata.name}`)));
}
