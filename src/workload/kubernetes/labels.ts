/** What Sluice notes on the objects that it owns in a cluster, and whose they are. */
import type { KubeObject } from '../../kube/object.ts';

/** The policy that a workload belongs to. */
export interface Owner {
  readonly namespace: string;
  readonly policy: string;
  /** Of the ReleasePolicy object: what is owned goes with it. */
  readonly uid: string;
}

export const label = {
  policy: 'sluice.dev/policy',
  revision: 'sluice.dev/revision',
  /** On a pod of a failed revision that is kept; its value is the policy. */
  kept: 'sluice.dev/kept',
} as const;

export const note = {
  epoch: 'sluice.dev/epoch',
  /** Hash of what a revision's Deployment was made from. */
  made: 'sluice.dev/made-from',
  /** On a kept pod: when it is deleted, and of which revision it was. */
  keptUntil: 'sluice.dev/kept-until',
  keptOf: 'sluice.dev/kept-of',
  /** Replicas that the target had before Sluice took it to 0. */
  replicas: 'sluice.dev/replicas',
  /** Selector that a Service had before Sluice moved it, as JSON. */
  selector: 'sluice.dev/selector',
  /** On the target, for people to write: what a breach of the next release does, and why. */
  rollback: 'sluice.dev/rollback',
  rollbackReason: 'sluice.dev/rollback-reason',
} as const;

/** Whether a label or an annotation is Sluice's own. */
export const isNote = (key: string): boolean => key.startsWith('sluice.dev/');

/** Value of the label that no pod has. */
export const noRevision = 'none';

export const labelsOf = (policy: string, revision: string) =>
  ({ [label.policy]: policy, [label.revision]: revision }) as const;

export const revisionOf = ({ metadata: { labels = {} } }: KubeObject): string | null => labels[label.revision] ?? null;

export const isOf = ({ metadata: { labels = {} } }: KubeObject, policy: string): boolean =>
  labels[label.policy] === policy;

export const ownedBy = ({ policy, uid }: Owner): object => ({
  apiVersion: 'sluice.dev/v1alpha1',
  kind: 'ReleasePolicy',
  name: policy,
  uid,
  controller: true,
  blockOwnerDeletion: false,
});

/** Paths of the collections in a namespace. */
export const folders = (namespace: string) =>
  ({
    pods: `/api/v1/namespaces/${namespace}/pods`,
    services: `/api/v1/namespaces/${namespace}/services`,
    configMaps: `/api/v1/namespaces/${namespace}/configmaps`,
    deployments: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    autoscalers: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
    slices: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
  }) as const;
