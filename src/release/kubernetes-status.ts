/** What the status of an object in a cluster tells of a record, and the status that a release gets. */
import type { KubeObject } from '../kube/object.ts';
import { recordOf } from './kubernetes-record.ts';
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

interface Recorded {
  readonly object: KubeObject;
  readonly record: string;
}

/** Those of the policy that have ended, in the order in which they are given. */
export const endedOf = (
  policy: string,
  all: readonly Recorded[],
): readonly { readonly name: string; readonly endedAtMs: number }[] =>
  all.flatMap(({ object: { metadata }, record }) => {
    const read = storedRelease(record, metadata.name);
    if (!read.ok || read.value.policy !== policy || !('endedAtMs' in read.value.phase)) return [];
    return [{ name: metadata.name, endedAtMs: read.value.phase.endedAtMs }];
  });
