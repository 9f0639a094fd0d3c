/** What whoever asks may do with the policy, and whether the controller's account has what it needs. */
import { z } from 'zod';
import type { KubeClient } from '../../../kube/client.ts';
import { neededRights } from '../../../wiring/cluster/needed-rights.ts';
import { fine, type PreflightLine } from '../line.ts';
import type { ClusterLook, ClusterPreflight } from './scene.ts';
import { unseen } from './scene.ts';

interface Wanted {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly subresource?: string;
  readonly name?: string;
}

const review = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) });

export const rightsLook: ClusterLook = async (scene) =>
  (await Promise.all([ownLines(scene), controllerLines(scene)])).flat();

const orders = ['pause', 'resume', 'promote', 'abort', 'retry', 'approve'] as const;

async function ownLines({ client, namespace, policy }: ClusterPreflight): Promise<readonly PreflightLine[]> {
  const wanted: readonly Wanted[] = [
    { group: 'sluice.dev', resource: 'releases', verbs: ['get', 'list'] },
    { group: 'sluice.dev', resource: 'releaseorders', verbs: ['create', 'get'] },
    { group: 'sluice.dev', resource: 'releasepolicies', name: policy.name, verbs: orders },
  ];
  const ask = (spec: object): Asked => ({
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec },
  });
  return Promise.all(
    wanted.map(async (each) => {
      const subject = `you on ${each.resource}`;
      const lacking = await missing(client, { namespace, wanted: each, ask });
      if (typeof lacking === 'string') return unseen(subject, lacking);
      if (lacking.length === 0) return fine(subject, each.verbs.join(', '));
      const says = `you lack ${lacking.join(', ')}`;
      return {
        grade: 'warn',
        subject,
        says,
        fix: 'ask for a Role that grants it (deploy/kubernetes.md, sluice-operator)',
      };
    }),
  );
}

async function controllerLines(scene: ClusterPreflight): Promise<readonly PreflightLine[]> {
  const { client, controller, namespace } = scene;
  const account = `system:serviceaccount:${controller.namespace}:${controller.name}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${controller.namespace}`, 'system:authenticated'];
  const ask = (spec: object): Asked => ({
    path: `/apis/authorization.k8s.io/v1/namespaces/${namespace}/localsubjectaccessreviews`,
    body: {
      ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'LocalSubjectAccessReview', metadata: { namespace } },
      spec: { ...spec, user: account, groups },
    },
  });
  const subject = `controller ${controller.namespace}/${controller.name}`;
  const lacks: string[] = [];
  for (const wanted of needed(scene)) {
    const lacking = await missing(client, { namespace, wanted, ask });
    if (typeof lacking === 'string') return [unseen(subject, `${lacking} (LocalSubjectAccessReview)`)];
    const { resource, subresource } = wanted;
    lacks.push(...lacking.map((verb) => `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`));
  }
  if (lacks.length === 0) return [fine(subject, `has the rights of its role in namespace ${namespace}`)];
  const says = `lacks in namespace ${namespace}: ${lacks.join(', ')}`;
  const fix = `install the chart with watchNamespace=${namespace} (or watchNamespaces, or clusterWide) and the router of the policy, or name the right account: --controller NAMESPACE/NAME`;
  return [{ grade: 'fail', subject, says, fix }];
}

/** As the controller asks for them itself, and for its Lease. */
const needed = ({ policy }: ClusterPreflight): readonly Wanted[] => [
  ...neededRights(policy).map(({ group, resource: path, verb }): Wanted => {
    const [resource = '', subresource] = path.split('/');
    return { group, resource, verbs: [verb], ...(subresource === undefined ? {} : { subresource }) };
  }),
  { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'create', 'update'] },
];

interface Asked {
  readonly path: string;
  readonly body: object;
}

interface Question {
  readonly namespace: string;
  readonly wanted: Wanted;
  readonly ask: (spec: object) => Asked;
}

/** The verbs that are not granted; a sentence: why nobody could tell. */
async function missing(client: KubeClient, { ask, namespace, wanted }: Question): Promise<readonly string[] | string> {
  const { verbs, ...about } = wanted;
  const lacking: string[] = [];
  for (const verb of verbs) {
    const { path, body } = ask({ resourceAttributes: { namespace, verb, ...about } });
    const answered = await client.review(path, body);
    if (!answered.ok) return answered.error.message;
    const read = review.safeParse(answered.value);
    if (!read.success) return 'the answer is no review';
    if (!read.data.status.allowed) lacking.push(verb);
  }
  return lacking;
}
