/** One conditional write on an object of the cluster: on the version read, and by no controller that a later one followed. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { note } from './labels.ts';

export interface PatchStep {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

export interface FencedWrite {
  /** Of the object, in the API. */
  readonly path: string;
  readonly epoch: number;
  /** What to change in the object as it was read; null: nothing, it is as wanted. Asked again after every race. */
  readonly decide: (object: KubeObject) => Result<readonly PatchStep[] | null>;
}

/** A write that meets somebody else's, or whose answer was lost, is decided anew from what is there. */
const tries = 6;

/** The object after it. `Fenced`: a later controller wrote it. */
export async function fencedPatch(client: KubeClient, write: FencedWrite): Promise<Result<KubeObject>> {
  let refusedAt = '';
  for (let left = tries; ; left--) {
    const read = await client.get(write.path, { urgency: 'first' });
    if (!read.ok) return read;
    const steps = stepsFor(read.value, write);
    if (!steps.ok) return steps;
    if (steps.value === null) return ok(read.value);
    const patched = await client.patch(write.path, { type: 'json', body: steps.value, urgency: 'first' });
    if (patched.ok) return patched;
    const mayHaveMoved = ['Invalid', 'Conflict', 'Unknown', 'Throttled'].includes(patched.error.reason);
    const { resourceVersion } = read.value.metadata;
    // Refused twice on the same version: it is what was written, not that somebody else wrote.
    const isOurs = patched.error.reason === 'Invalid' && refusedAt === resourceVersion;
    if (!mayHaveMoved || isOurs || left === 1) return patched;
    refusedAt = resourceVersion;
  }
}

function stepsFor(object: KubeObject, { decide, epoch }: FencedWrite): Result<readonly PatchStep[] | null> {
  const { annotations, resourceVersion, name } = object.metadata;
  const seen = epochOf(object);
  if (seen > epoch) return failed(outrun(name, seen, epoch));
  const decided = decide(object);
  if (!decided.ok) return decided;
  if (decided.value === null && seen === epoch) return ok(null);
  return ok([
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    ...(annotations === undefined ? [{ op: 'add' as const, path: '/metadata/annotations', value: {} }] : []),
    ...(decided.value ?? []),
    { op: 'add', path: annotationPath(note.epoch), value: String(epoch) },
  ]);
}

/** What nobody can read may be anybody's. */
function epochOf({ metadata: { annotations = {} } }: KubeObject): number {
  const epoch = Number(annotations[note.epoch] ?? 0);
  return Number.isSafeInteger(epoch) ? epoch : Number.MAX_SAFE_INTEGER;
}

export const annotationPath = (key: string): string => `/metadata/annotations/${key.replaceAll('/', '~1')}`;

const outrun = (name: string, seen: number, epoch: number): Problem => ({
  reason: 'Fenced',
  message: `${name} was written by controller ${seen}, which took over from this one (${epoch}): nothing is written. If it came from another cluster, take its annotation ${note.epoch} away`,
  retryable: false,
});
