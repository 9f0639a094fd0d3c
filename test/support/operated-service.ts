/** A service in the lab whose Deployment an operator delivers: two pods, a policy, a VirtualService, and controllers as processes of their own. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { folders } from '../../src/workload/kubernetes/labels.ts';
import type { Api, KubeObject } from '../lab/api/api.ts';
import type { JoinedLab } from '../lab/joined-lab.ts';
import type { Container } from '../lab/kubelet/pod.ts';
import { deployment, deploymentPath, sampleContainer, samplePort } from '../lab/sample-deployment.ts';
import { type ShippedAccount, shippedAccount } from '../lab/shipped-account.ts';
import type { AtEnd } from './at-end.ts';
import { deliveredPolicy, splitRoute } from './delivered-service.ts';
import { eventually } from './eventually.ts';
import { usersService } from './kubernetes-workload.ts';
import type { TestProcess } from './process.ts';
import { startSluice } from './sluice-command.ts';
import { tempDir } from './temp-dir.ts';

/** A ReleasePolicy or a Release, as far as tests read it. */
export interface Stood extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly stable?: string;
    readonly record?: string;
    readonly message?: string;
    readonly weight?: { readonly applied?: number; readonly observed?: number };
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
    readonly rollbackPoints?: readonly { readonly id: string; readonly configMap: string }[];
  };
}

export interface OperatedService {
  readonly api: Api;
  readonly namespace: string;
  /** Whom requests are for. */
  readonly host: string;
  /** Of the VirtualService. */
  readonly routePath: string;
  readonly policyPath: string;
  /** Path of the Deployment. */
  readonly target: string;
  /** The policy, not applied yet. */
  readonly decided: object;
  readonly account: ShippedAccount;
  policy(): Promise<Stood>;
  releases(): Promise<readonly Stood[]>;
  /** Changes the Deployment as people do. */
  push(version: string, env?: readonly { readonly name: string; readonly value: string }[]): Promise<unknown>;
  /** Under the shipped role; durations are divided by 20. It ends with the running test, if not told otherwise. */
  startController(atEnd?: AtEnd): TestProcess;
}

const patienceMs = 120_000;

export interface OperatedOptions {
  /** Of the operator's settings; default: its pods, asked by Sluice itself. */
  readonly sources?: object;
  /** Of the operator's settings: addresses of hooks by their names. */
  readonly hooks?: object;
  /** Of the operator's settings: Secrets that may sign. */
  readonly signingSecrets?: readonly string[];
  /** Of the operator's settings: targets of notices by their names. */
  readonly notify?: object;
  /** What else its containers have. */
  readonly container?: Partial<Container>;
  /** Flags of the controller, besides the usual. */
  readonly words?: readonly string[];
  /** Pods of the Deployment; default 2. */
  readonly replicas?: number;
  /** Values of the chart, `routers.istio=true`. */
  readonly set?: readonly string[];
  /** Of a test that runs beside others; default: the end of the test that runs. */
  readonly atEnd?: AtEnd;
  /** Where a controller looks after it that is another's, too; default: a namespace and an account of its own. */
  readonly home?: { readonly namespace: string; readonly account: ShippedAccount };
  /** Has what is to be delivered scraped by the lab's Prometheus. */
  readonly scraped?: 'scraped';
}

/** Resolves when a controller, which is told nothing yet, may be started. `spec`: of a policy in that namespace. */
export async function anOperatedService(
  lab: JoinedLab,
  spec: object | ((namespace: string) => object),
  options: OperatedOptions = {},
): Promise<OperatedService> {
  const {
    atEnd,
    sources = { pods: { scrape: { interval: '250ms' } } },
    hooks = {},
    signingSecrets = [],
    notify = {},
    container = {},
    replicas = 2,
    set = [],
    scraped,
  } = options;
  const ending = atEnd === undefined ? {} : { atEnd };
  const api = lab.api();
  const namespace = options.home?.namespace ?? (await lab.namespace());
  const account = options.home?.account ?? (await shippedAccount(lab, namespace, { set, ...ending }));
  const own = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}`;
  const target = deploymentPath(namespace, 'app');
  const annotations =
    scraped === undefined ? {} : { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(samplePort) };
  const first = { name: 'app', namespace, container: servedContainer('v1', [], container), replicas, annotations };
  await api.apply(target, deployment(first));
  await api.apply(`${folders(namespace).services}/app`, usersService());
  const settings = join(await tempDir(atEnd), 'settings.yaml');
  await writeFile(settings, stringify({ sources, hooks, notify, signingSecrets }));
  const policyPath = `${own}/releasepolicies/app`;
  const words = ['--settings', settings, '--namespace', namespace, '--listen', '127.0.0.1:0', '--compress', '20'];
  return {
    ...{ api, namespace, policyPath, account, target },
    decided: deliveredPolicy(typeof spec === 'function' ? spec(namespace) : spec),
    host: `${namespace}.test`,
    routePath: `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices/app`,
    policy: () => api.get<Stood>(policyPath),
    releases: async () => (await api.list<Stood>(`${own}/releases`)).items,
    push: (version, env = []) =>
      api.patch(target, { spec: { template: { spec: { containers: [servedContainer(version, env, container)] } } } }),
    startController: (until = atEnd) => {
      const own = ['controller', ...words, ...(options.words ?? []), '--kubeconfig', account.kubeconfig];
      return startSluice(own, until === undefined ? {} : { atEnd: until });
    },
  };
}

/** Its requests go on for as long as the mesh may send some: without that pause every Deployment that gets smaller loses a few. */
const servedContainer = (
  version: string,
  env: readonly { readonly name: string; readonly value: string }[],
  more: Partial<Container>,
) => sampleContainer(version, { lifecycle: { preStop: { sleep: { seconds: 1 } } }, ...more, env });

/** The policy under a controller that runs, and the route once what it names is made; resolves when stable serves. */
export async function takenOver(service: OperatedService, services: 'full' | 'short'): Promise<void> {
  const { namespace, host, routePath } = service;
  await takenOverBy(service, { path: routePath, object: splitRoute({ namespace, host, rule: 'primary', services }) });
}

/** The same behind a route of another kind. */
export async function takenOverBy(
  service: OperatedService,
  route: { readonly path: string; readonly object: object },
): Promise<void> {
  const { api, namespace, policyPath, policy } = service;
  await api.apply(policyPath, service.decided);
  const isReady = async (): Promise<boolean> =>
    (await policy()).status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  try {
    await eventually(() => api.get(`${folders(namespace).services}/app-stable`), { withinMs: patienceMs });
    await api.apply(route.path, route.object);
    await eventually(isReady, { withinMs: patienceMs });
  } catch (cause) {
    throw new Error(`it is not taken over: ${JSON.stringify((await policy()).status)}`, { cause });
  }
}
