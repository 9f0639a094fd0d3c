/** What belongs to a release goes with it: the cluster's own garbage collector sees to that. */
import type { KubeObject } from '../kube/object.ts';

/** Of an object that the API server told; those in lists come without their kind. */
export const ownedBy = (release: KubeObject): object => ownerOf('Release', release);

/** Metadata of a release; null: nothing owns it. */
export const ownersOf = (policy: KubeObject | null): object =>
  policy === null ? {} : { ownerReferences: [ownerOf('ReleasePolicy', policy)] };

const ownerOf = (kind: 'Release' | 'ReleasePolicy', { metadata: { name, uid } }: KubeObject): object => ({
  apiVersion: 'sluice.dev/v1alpha1',
  kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: false,
});
