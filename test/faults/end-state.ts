/** What a plan came to, in words that mean the same in every run: versions instead of names that were made. */
import { ordersFolder } from '../../src/wiring/cluster/order-object.ts';
import { folders, label, noRevision } from '../../src/workload/kubernetes/labels.ts';
import type { Api, KubeObject } from '../lab/api/api.ts';
import { versionOf } from './objects.ts';

export interface EndState {
  /** Canary's percent. */
  readonly weight: number;
  /** Version that each Service sends to; `all`: it tells none from another. */
  readonly services: Readonly<Record<string, string>>;
  /** Version and replicas of each Deployment. */
  readonly deployments: readonly string[];
  /** Version and phase of each release. */
  readonly releases: readonly string[];
  readonly stable: string;
  /** Action and answer of each order that was given. */
  readonly orders: readonly string[];
  /** The policy says so. */
  readonly isReady: boolean;
}

interface Workload extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

interface Route extends KubeObject {
  readonly spec: { readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[] };
}

interface Order extends KubeObject {
  readonly spec: { readonly action: string };
  readonly status?: { readonly phase?: string };
}

interface Selecting extends KubeObject {
  readonly spec: { readonly selector: Readonly<Record<string, string>> };
}

interface Status extends KubeObject {
  readonly spec: { readonly revision: string };
  readonly status?: {
    readonly phase?: string;
    readonly stable?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export const routePath = (namespace: string): string =>
  `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices/app`;

export const ourFolder = (namespace: string): string => `/apis/sluice.dev/v1alpha1/namespaces/${namespace}`;

export const policyPath = (namespace: string): string => `${ourFolder(namespace)}/releasepolicies/app`;

export async function endState(api: Api, namespace: string): Promise<EndState> {
  const { services, deployments } = folders(namespace);
  const [route, selecting, running, releases, policies, orders] = await Promise.all([
    api.get<Route>(routePath(namespace)),
    api.list<Selecting>(services),
    api.list<Workload>(deployments),
    api.list<Status>(`${ourFolder(namespace)}/releases`),
    api.list<Status>(`${ourFolder(namespace)}/releasepolicies`),
    api.list<Order>(ordersFolder(namespace)),
  ]);
  const versions = new Map(running.items.map((each) => [each.metadata.labels?.[label.revision] ?? '', imageOf(each)]));
  const version = (revision = ''): string => (revision === noRevision ? 'none' : (versions.get(revision) ?? revision));
  const selected = (revision: string | undefined): string => (revision === undefined ? 'all' : version(revision));
  const [policy] = policies.items;
  return {
    weight: route.spec.http[0]?.route[1]?.weight ?? Number.NaN,
    services: Object.fromEntries(
      selecting.items.map(({ metadata, spec }) => [metadata.name, selected(spec.selector[label.revision])]),
    ),
    deployments: running.items
      .map((each) => `${isTarget(each) ? 'target' : 'revision'} ${imageOf(each)} x ${each.spec.replicas}`)
      .toSorted(),
    // One without a record is an order to the server that landed late: nobody acts on it, the next leader clears it away.
    releases: releases.items
      .filter(({ status }) => status?.phase !== undefined)
      .map(({ spec, status }) => `${version(spec.revision)} ${status?.phase ?? ''}`)
      .toSorted(),
    stable: policy === undefined ? 'no policy' : version(policy.status?.stable),
    orders: orders.items.map(({ spec, status }) => `${spec.action} ${status?.phase ?? 'unanswered'}`),
    isReady: policy?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true,
  };
}

const isTarget = ({ metadata: { name } }: Workload): boolean => name === 'app';

const imageOf = ({ spec }: Workload): string => versionOf(spec.template.spec.containers[0]?.image ?? '');
