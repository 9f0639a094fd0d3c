/** What the cluster itself would make of Deployments and Services: pods that are ready, and endpoints that follow selectors. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import { isOf, label, revisionOf } from '../../workload/kubernetes/labels.ts';
import { isReady } from '../../workload/kubernetes/pod-instance.ts';
import { replicasOf } from '../../workload/kubernetes/revision-deployment.ts';
import { selectorOf } from '../../workload/kubernetes/services.ts';

const templated = z.looseObject({
  template: z.looseObject({ metadata: z.looseObject({ labels: z.record(z.string(), z.string()).optional() }) }),
});

/** Every revision's as many as its Deployment wants, all of them ready; others' as they are. */
export function podsOf(deployments: readonly KubeObject[], present: readonly KubeObject[]): readonly KubeObject[] {
  const own = deployments.filter(({ metadata: { labels = {} } }) => labels[label.policy] !== undefined);
  const ofRevision = (deployment: KubeObject) => (pod: KubeObject) =>
    isOf(pod, deployment.metadata.labels?.[label.policy] ?? '') && revisionOf(pod) === revisionOf(deployment);
  const others = present.filter((pod) => !own.some((deployment) => ofRevision(deployment)(pod)));
  return [...others, ...own.flatMap((deployment) => asMany(deployment, present.filter(ofRevision(deployment))))];
}

function asMany(deployment: KubeObject, present: readonly KubeObject[]): readonly KubeObject[] {
  const wanted = replicasOf(deployment);
  const kept = present.slice(0, wanted);
  return [...kept, ...Array.from({ length: wanted - kept.length }, (_, index) => made(deployment, index))];
}

function made(deployment: KubeObject, index: number): KubeObject {
  const name = `${deployment.metadata.name}-rehearsed-${index}`;
  const spec = templated.safeParse(deployment['spec']).data;
  return {
    metadata: { name, uid: name, resourceVersion: '1', labels: spec?.template.metadata.labels ?? {} },
    spec: spec?.template['spec'] ?? {},
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

export const slicesOf = (services: readonly KubeObject[], pods: readonly KubeObject[]): readonly KubeObject[] =>
  services.map((service) => {
    const { name } = service.metadata;
    const selector = Object.entries(selectorOf(service));
    const behind = pods.filter(
      ({ metadata: { labels = {} } }) => selector.length > 0 && selector.every(([key, value]) => labels[key] === value),
    );
    return {
      metadata: { name, uid: name, resourceVersion: '1', labels: { 'kubernetes.io/service-name': name } },
      endpoints: behind.map((pod) => ({
        conditions: { ready: isReady(pod) },
        targetRef: { kind: 'Pod', name: pod.metadata.name },
      })),
    };
  });
