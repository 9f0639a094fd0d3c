/** Deployments of the sample service, as a test applies them: pods that serve on their own addresses. */
import type { KubeObject } from './api/api.ts';
import type { JoinedLab } from './joined-lab.ts';
import type { Container, Pod } from './kubelet/pod.ts';

export interface Deployment extends KubeObject {
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly unavailableReplicas?: number;
  };
}

export const samplePort = 8080;

/** A container that answers with `version`; more of it as given. */
export const sampleContainer = (version: string, more: Partial<Container> = {}): Container => ({
  name: 'app',
  image: `app:${version}`,
  command: ['node', '--disable-warning=ExperimentalWarning', 'src/cli/demo/sample-service.ts'],
  ports: [{ name: 'http', containerPort: samplePort }],
  readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1 },
  ...more,
  env: [
    { name: 'HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'PORT', value: String(samplePort) },
    { name: 'VERSION', value: version },
    { name: 'LATENCY_MS', value: '1' },
    ...(more.env ?? []),
  ],
});

export interface DeploymentOrder {
  readonly name: string;
  readonly namespace: string;
  readonly container: Container;
  readonly replicas?: number;
  /** Of the pods, besides `app`. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly graceSeconds?: number;
}

export const deploymentPath = (namespace: string, name: string): string =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;

export function deployment({ name, namespace, container, replicas = 1, ...of }: DeploymentOrder): object {
  const labels = { app: name, ...of.labels };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: of.annotations ?? {} },
        spec: { containers: [container], terminationGracePeriodSeconds: of.graceSeconds ?? 5 },
      },
    },
  };
}

/** Pods of a namespace, by a label selector. */
export const podsOf = (lab: JoinedLab, namespace: string, selector = '') => {
  const api = lab.api();
  return async (): Promise<readonly PodSeen[]> =>
    (await api.list<PodSeen>(`/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`))
      .items;
};

/** A pod with all that its status says. */
export interface PodSeen extends Pod {
  readonly status: NonNullable<Pod['status']> & {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
    readonly containerStatuses?: readonly ContainerSeen[];
  };
}

interface ContainerSeen {
  readonly restartCount: number;
  readonly ready: boolean;
  readonly state: {
    readonly waiting?: { readonly reason: string; readonly message?: string };
    readonly running?: object;
    readonly terminated?: { readonly exitCode: number; readonly reason: string };
  };
  readonly lastState: { readonly terminated?: { readonly exitCode: number } };
}

export const isPodReady = ({ status }: PodSeen): boolean =>
  status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
