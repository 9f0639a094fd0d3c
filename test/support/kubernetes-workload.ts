/** A workload on a real API server: a namespace of its own, users' Service, a policy that owns what is made, and pods that are processes. */
import type { KubeClient } from '../../src/kube/client.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { ClusterView } from '../../src/kube/view.ts';
import type { Backends, BackendTarget } from '../../src/workload/backends.ts';
import { folders } from '../../src/workload/kubernetes/labels.ts';
import { intentOf } from '../../src/workload/kubernetes/snapshot.ts';
import { KubernetesWorkload } from '../../src/workload/kubernetes.ts';
import type { PodsSpec } from '../../src/workload/revision-spec.ts';
import type { Backend, RevisionState } from '../../src/workload/workload.ts';
import { clientOf } from '../lab/client-of.ts';
import type { JoinedLab } from '../lab/joined-lab.ts';
import type { Container } from '../lab/kubelet/pod.ts';
import { deployment, sampleContainer, samplePort } from '../lab/sample-deployment.ts';
import { atTestEnd } from './at-end.ts';
import { aClusterSpec } from './cluster-policy.ts';
import { eventually } from './eventually.ts';
import { must } from './proxy.ts';

export const services = { stable: 'app-stable', canary: 'app-canary' } as const;

const probedOften = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1, failureThreshold: 1 };

export const podsSpec = (container: Container, more: Partial<PodsSpec> = {}): PodsSpec => {
  const intent = intentOf(deployment({ name: 'app', namespace: '', container }) as KubeObject);
  if (intent === null) throw new Error('no Deployment');
  return { kind: 'pods', template: intent.template, config: [], replicas: 1, ...more };
};

export const sampleSpec = (version: string): PodsSpec =>
  podsSpec(sampleContainer(version, { readinessProbe: probedOften }));

export const usersService = (selector: object = { app: 'app' }): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'app' },
  spec: { selector, ports: [{ name: 'http', port: 80, targetPort: samplePort }] },
});

export interface KubernetesWorld {
  readonly namespace: string;
  readonly client: KubeClient;
  readonly workload: KubernetesWorkload;
  readonly view: ClusterView;
  readonly backends: Backends;
  /** Another controller's, over the same objects. */
  open(epoch: number): KubernetesWorkload;
  allReady(revision: string): Promise<RevisionState>;
}

export async function aKubernetesWorld(lab: JoinedLab): Promise<KubernetesWorld> {
  const namespace = await lab.namespace();
  const api = lab.api();
  const { services: serviceFolder, pods, deployments, configMaps, autoscalers } = folders(namespace);
  await api.apply(`${serviceFolder}/app`, usersService());
  const policy = await api.create(`/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies`, {
    apiVersion: 'sluice.dev/v1alpha1',
    kind: 'ReleasePolicy',
    metadata: { name: 'app' },
    spec: aClusterSpec,
  });
  const client = clientOf(lab, 'admin');
  const paths = [pods, serviceFolder, deployments, configMaps, autoscalers].map((path) => ({ path }));
  const view = new ClusterView({ client, paths, relistEveryMs: 60_000 });
  atTestEnd(() => view.close());
  const open = (epoch: number): KubernetesWorkload => {
    const owner = { namespace, policy: 'app', uid: policy.metadata.uid };
    const opened = new KubernetesWorkload({ client, view, owner, target: 'app', services, epoch, troubled: () => {} });
    atTestEnd(() => opened.close());
    return opened;
  };
  const workload = open(1);
  await eventually(async () => (await workload.observe()).ok);
  const allReady = (revision: string): Promise<RevisionState> =>
    eventually(async () => {
      const state = must(await workload.observe()).revisions.find((each) => each.revision === revision);
      const isReady = state?.instances.every((each) => each.state === 'ready') === true;
      return state?.instances.length === state?.wanted && isReady ? state : null;
    });
  return { client, namespace, workload, view, backends: backendsOf(lab, namespace, workload), open, allReady };
}

interface Slice extends KubeObject {
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly conditions?: { readonly ready?: boolean };
        readonly targetRef?: { readonly name?: string };
      }[]
    | null;
}

/** What the Services select, and the endpoints that the cluster made of it. */
function backendsOf(lab: JoinedLab, namespace: string, workload: KubernetesWorkload): Backends {
  const api = lab.api();
  const endpointsOf = async (service: string) => {
    const query = `labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${service}`)}`;
    const slices = await api.list<Slice>(`${folders(namespace).slices}?${query}`);
    return slices.items
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false);
  };
  const target = async (backend: Backend): Promise<BackendTarget> => {
    const { serving, revisions } = must(await workload.observe());
    const revision = serving[backend];
    if (revision === null) {
      await eventually(async () => (await endpointsOf(services[backend])).length === 0);
      return { revision, endpoints: [] };
    }
    const pods = new Set((await endpointsOf(services[backend])).map(({ targetRef }) => targetRef?.name ?? ''));
    const own = revisions.find((each) => each.revision === revision)?.instances ?? [];
    return { revision, endpoints: own.filter(({ id }) => pods.has(id)).map(({ url }) => url) };
  };
  return {
    point: () => Promise.reject(new Error('the Services are moved by the workload')),
    current: async () => ({ ok: true, value: { stable: await target('stable'), canary: await target('canary') } }),
    allHeard: () => true,
  };
}
