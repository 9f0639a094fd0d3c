/** The Deployment, who else sizes it, and what selects its pods by labels that the revisions' pods will not have. */

import type { KubeObject } from '../../../kube/object.ts';
import { isMap } from '../../../lib/config-file/sound-parts.ts';
import { cannotCopy } from '../../../workload/kubernetes/autoscalers.ts';
import { folders } from '../../../workload/kubernetes/labels.ts';
import { intentOf } from '../../../workload/kubernetes/snapshot.ts';
import { fine, type PreflightLine, skipped } from '../line.ts';
import type { ClusterLook, ClusterPreflight } from './scene.ts';
import { ownerOf, unseen } from './scene.ts';

export const targetLook: ClusterLook = async (scene) => {
  const { namespace, policy, target } = scene;
  const subject = `deployment ${policy.deployment}`;
  if (policy.mode === 'observe') return [skipped(subject, 'whoever drives the rollout makes and sizes what runs')];
  if (target === null) {
    const says = `there is no such Deployment in namespace ${namespace}, or you may not read it`;
    return [{ grade: 'fail', subject, says, fix: 'apply it, or name another one in spec.target' }];
  }
  const owner = ownerOf(target, (fields) => fields.includes('"f:replicas"'));
  const sized: PreflightLine =
    owner === null
      ? fine(subject, `runs ${String(intentOf(target)?.replicas ?? 0)} pods; nobody else writes its size`)
      : {
          ...{
            grade: 'warn',
            subject,
            says: `${owner} writes spec.replicas: it would scale up what Sluice takes to 0`,
          },
          fix: `take replicas out of what it applies, or let it ignore the field (Argo CD: spec.ignoreDifferences: [{ group: apps, kind: Deployment, name: ${policy.deployment}, jsonPointers: [/spec/replicas] }], with syncOptions: [RespectIgnoreDifferences=true])`,
        };
  return [sized, ...(await scalerLines(scene)), ...(await selectorLines(scene, target))];
};

interface Scaler {
  readonly kind: string;
  readonly path: string;
  readonly target: (spec: Words) => unknown;
}

type Words = Readonly<Record<string, unknown>>;

const scalers = (namespace: string): readonly Scaler[] => [
  {
    kind: 'HorizontalPodAutoscaler',
    path: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
    target: (spec) => spec['scaleTargetRef'],
  },
  {
    kind: 'VerticalPodAutoscaler',
    path: `/apis/autoscaling.k8s.io/v1/namespaces/${namespace}/verticalpodautoscalers`,
    target: (spec) => spec['targetRef'],
  },
  {
    kind: 'ScaledObject',
    path: `/apis/keda.sh/v1alpha1/namespaces/${namespace}/scaledobjects`,
    target: (spec) => spec['scaleTargetRef'],
  },
];

async function scalerLines({ client, namespace, policy }: ClusterPreflight): Promise<readonly PreflightLine[]> {
  const lines = scalers(namespace).map(async ({ kind, path, target }): Promise<readonly PreflightLine[]> => {
    const listed = await client.list(path);
    if (!listed.ok) return listed.error.reason === 'NotFound' ? [] : [unseen(kind, listed.error.message)];
    return listed.value.objects
      .filter((object) => namesDeployment(target(wordsIn(object, 'spec')), policy.deployment))
      .map((object) => scalerLine(kind, object, policy.deployment));
  });
  return (await Promise.all(lines)).flat();
}

function scalerLine(kind: string, object: KubeObject, deployment: string): PreflightLine {
  const subject = `${kind} ${object.metadata.name}`;
  const says = `sizes Deployment ${deployment}, which runs no pods itself, and not the revisions that serve`;
  if (kind !== 'HorizontalPodAutoscaler')
    return { grade: 'fail', subject, says, fix: 'put a HorizontalPodAutoscaler in its place: that is copied' };
  const problem = cannotCopy(object, deployment);
  if (problem === null) return fine(subject, 'is copied for each revision that serves');
  return { grade: 'fail', subject, says: problem.message, fix: 'delete it, or put one of your own in its place' };
}

/** KEDA leaves the kind out. */
const namesDeployment = (ref: unknown, name: string): boolean =>
  isMap(ref) && ref['name'] === name && ['Deployment', undefined].includes(ref['kind'] as string | undefined);

const wordsIn = (object: KubeObject, key: string): Words => {
  const found = object[key];
  return isMap(found) ? found : {};
};

interface Selecting {
  readonly kind: string;
  readonly path: string;
  /** Labels that it wants of pods; null: it selects in another way. */
  readonly selector: (spec: Words) => unknown;
}

const selecting = (namespace: string): readonly Selecting[] => {
  const labels = (selector: unknown): unknown => (isMap(selector) ? selector['matchLabels'] : null);
  return [
    { kind: 'Service', path: folders(namespace).services, selector: (spec) => spec['selector'] },
    {
      kind: 'PodDisruptionBudget',
      path: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
      selector: (spec) => labels(spec['selector']),
    },
    {
      kind: 'NetworkPolicy',
      path: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
      selector: (spec) => labels(spec['podSelector']),
    },
    {
      kind: 'PodMonitor',
      path: `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/podmonitors`,
      selector: (spec) => labels(spec['selector']),
    },
  ];
};

/** What matches the pods of now and would not match those of a revision, which lose what others track their objects by. */
async function selectorLines(
  { client, namespace }: ClusterPreflight,
  target: KubeObject,
): Promise<readonly PreflightLine[]> {
  const now = labelsIn(wordsIn(target, 'spec')['template']);
  const later = labelsIn(intentOf(target)?.template);
  const lines = selecting(namespace).map(async ({ kind, path, selector }): Promise<readonly PreflightLine[]> => {
    const listed = await client.list(path);
    if (!listed.ok) return listed.error.reason === 'NotFound' ? [] : [unseen(kind, listed.error.message)];
    return listed.value.objects.flatMap((object): readonly PreflightLine[] => {
      const wanted = selector(wordsIn(object, 'spec'));
      if (!isMap(wanted) || Object.keys(wanted).length === 0 || !matches(wanted, now)) return [];
      const subject = `${kind} ${object.metadata.name}`;
      if (matches(wanted, later)) return [fine(subject, 'selects the pods of revisions, too')];
      const lost = Object.keys(wanted).filter((key) => later[key] !== wanted[key]);
      const says = `selects by ${lost.join(', ')}, which the pods of revisions do not have`;
      return [{ grade: 'warn', subject, says, fix: 'let it select by labels of the service, such as app' }];
    });
  });
  return (await Promise.all(lines)).flat();
}

const matches = (wanted: Words, labels: Words): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

function labelsIn(template: unknown): Words {
  const metadata = isMap(template) ? template['metadata'] : null;
  const labels = isMap(metadata) ? metadata['labels'] : null;
  return isMap(labels) ? labels : {};
}
