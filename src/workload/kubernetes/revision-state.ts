/** A revision as its Deployment and its pods show it. */
import type { KubeObject } from '../../kube/object.ts';
import type { RevisionState } from '../workload.ts';
import { revisionOf } from './labels.ts';
import { failureOf, instanceOf } from './pod-instance.ts';
import { replicasOf } from './revision-deployment.ts';

export function revisionState(deployment: KubeObject, pods: readonly KubeObject[]): RevisionState {
  const revision = revisionOf(deployment) ?? '';
  const own = pods.filter((pod) => revisionOf(pod) === revision).toSorted((a, b) => (ageKey(a) < ageKey(b) ? -1 : 1));
  const failures = own.map(failureOf).filter((failure) => failure !== null);
  return {
    revision,
    wanted: replicasOf(deployment),
    instances: own.map(instanceOf),
    failure: failures[0] ?? null,
  };
}

const ageKey = ({ metadata: { creationTimestamp = '', name } }: KubeObject): string => `${creationTimestamp} ${name}`;
