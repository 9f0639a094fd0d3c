/** What the status of an object in a cluster tells of a record, and the status that a release gets. */
import type { KubeObject } from '../kube/object.ts';
import { recordOf } from './kubernetes-record.ts';
import { isOver } from './phase.ts';
import type { Release } from './release.ts';
import type { Condition } from './release-object-schema.ts';
import { releaseSummary } from './release-status.ts';
import { storedRelease } from './stored.ts';

const statusIn = (object: KubeObject) =>
  (object['status'] ?? {}) as { readonly serial?: number; readonly conditions?: readonly Condition[] };

/** Version of the object when it was made: higher for each that is made later. */
export const serialOf = (object: KubeObject): number =>
  statusIn(object).serial ?? Number(object.metadata.resourceVersion);

export const statusOf = (release: Release, object: KubeObject) => ({
  ...releaseSummary(release, statusIn(object).conditions ?? []),
  ...(object.metadata.generation === undefined ? {} : { observedGeneration: object.metadata.generation }),
  serial: serialOf(object),
  record: JSON.stringify(release),
});

/** 0 without a record; -1 where nobody can tell. */
export function versionIn(object: KubeObject): number {
  const record = recordOf(object);
  if (record === null) return 0;
  try {
    return (JSON.parse(record) as { readonly version?: number }).version ?? -1;
  } catch {
    return -1;
  }
}

export function isEnded(record: string, id: string, policy: string): boolean {
  const read = storedRelease(record, id);
  return read.ok && read.value.policy === policy && isOver(read.value);
}
