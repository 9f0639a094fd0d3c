/** The status of an object as one controller after another tells it: on the version read, and by none that a later one followed. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { KubeClient } from './client.ts';
import type { KubeObject } from './object.ts';
import { kubeProblem } from './problem.ts';

export interface FencedStatus {
  /** Of the object, in the API. */
  readonly path: string;
  /** Of the election that made this controller the one that writes. */
  readonly epoch: number;
  /** As it was heard of last; left out: it is read first. */
  readonly object?: KubeObject;
  /** Fields to change as the object is now (null: goes); null: it says all of it. Asked again after every race. */
  readonly decide: (object: KubeObject) => Result<Readonly<Record<string, unknown>> | null>;
}

/** A write that meets somebody else's, or whose answer was lost, is decided anew from what is there. */
const tries = 6;

/**
 * The object after it. `Fenced`: a later controller told it.
 *
 *   as read ──► a later epoch? Fenced ──► decide ──► PATCH on the version read, with our epoch ──► 409, or no answer ──► read again
 */
export async function fencedStatus(client: KubeClient, write: FencedStatus): Promise<Result<KubeObject>> {
  const first = write.object === undefined ? await client.get(write.path) : ok(write.object);
  if (!first.ok) return first;
  let object = first.value;
  for (let left = tries; ; left--) {
    const outrun = outrunBy(object, write.epoch);
    if (outrun !== null) return failed(outrun);
    const fields = write.decide(object);
    if (!fields.ok) return fields;
    if (fields.value === null) return ok(object);
    const { resourceVersion } = object.metadata;
    const body = { metadata: { resourceVersion }, status: { ...fields.value, epoch: write.epoch } };
    const written = await client.patch(`${write.path}/status`, { type: 'merge', body });
    if (written.ok) return written;
    const mayHaveMoved = written.error.reason === 'Conflict' || written.error.reason === 'Unknown';
    if (!mayHaveMoved || left === 1) return written;
    const read = await client.get(write.path);
    if (!read.ok) return read.error.reason === 'NotFound' ? read : written;
    if (read.value.metadata.uid !== object.metadata.uid)
      return failed(kubeProblem('NotFound', `${write.path} was deleted, and is another object now`));
    object = read.value;
  }
}

/** Why a controller of this epoch tells nothing there any more; null: it may. */
export function outrunBy({ metadata, ...object }: KubeObject, epoch: number): Problem | null {
  const { epoch: seen } = (object['status'] ?? {}) as { readonly epoch?: unknown };
  if (typeof seen !== 'number' || seen <= epoch) return null;
  const inNamespace = metadata.namespace === undefined ? '' : `-n ${metadata.namespace} `;
  return {
    reason: 'Fenced',
    message: `the status of ${metadata.name} was written by controller ${seen}, which took over from this one (${epoch}): nothing is written. If it came from another cluster: kubectl patch ${inNamespace}releasepolicy ${metadata.name} --subresource=status --type=merge -p '{"status":{"epoch":null}}'`,
    retryable: false,
  };
}
