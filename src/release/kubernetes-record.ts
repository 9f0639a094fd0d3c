/** The status of one object, written on nothing but what was read; a write whose answer was lost is found out before anything else. */
import type { KubeClient } from '../kube/client.ts';
import { outrunBy } from '../kube/fenced-status.ts';
import type { KubeObject } from '../kube/object.ts';
import { failed, ok, type Result } from '../lib/result.ts';

export interface StatusWrite {
  /** Of the object, in the API. */
  readonly path: string;
  readonly object: KubeObject;
  /** `epoch`: of the controller that writes; left out: the record alone tells who wrote last. */
  readonly status: { readonly record?: string | undefined; readonly epoch?: number };
}

const tries = 4;

export const recordOf = (object: KubeObject): string | null => {
  const status = object['status'] as { readonly record?: unknown } | undefined;
  return typeof status?.record === 'string' ? status.record : null;
};

/**
 * The object after it. `Conflict`: somebody else wrote the record; `Fenced`: a later controller did. Other changes of the object do not matter.
 *
 *   PUT on the version read ──► 409, or no answer ──► read: our record there? done : the record as it was? again : Conflict
 */
export async function writeStatus(client: KubeClient, write: StatusWrite): Promise<Result<KubeObject>> {
  const before = recordOf(write.object);
  let object = write.object;
  for (let left = tries; ; left--) {
    const outrun = outrunBy(object, write.status.epoch ?? Infinity);
    if (outrun !== null) return failed(outrun);
    const body = { ...object, status: { ...(object['status'] as object | undefined), ...write.status } };
    const written = await client.replace(`${write.path}/status`, body);
    if (written.ok) return written;
    const { reason } = written.error;
    if (left === 1 || (reason !== 'Conflict' && reason !== 'Unknown')) return written;
    const read = await client.get(write.path);
    if (!read.ok) return reason === 'Unknown' ? written : read;
    const stored = recordOf(read.value);
    if (stored === write.status.record) return ok(read.value);
    if (stored !== before || read.value.metadata.uid !== object.metadata.uid)
      return failed({ ...written.error, reason: 'Conflict' });
    object = read.value;
  }
}
