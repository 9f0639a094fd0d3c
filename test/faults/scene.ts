/** One plan's namespace: a service that Sluice has adopted, its controllers behind their proxies, and what happens there. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '../../src/workload/kubernetes/labels.ts';
import { type Api, ApiError, type KubeObject } from '../lab/api/api.ts';
import type { JoinedLab } from '../lab/joined-lab.ts';
import { type Deployment, deploymentPath } from '../lab/sample-deployment.ts';
import type { AtEnd } from '../support/at-end.ts';
import { splitRoute } from '../support/delivered-service.ts';
import { eventually } from '../support/eventually.ts';
import { Controllers } from './controllers.ts';
import { policyPath, routePath } from './end-state.ts';
import type { Lives } from './fault.ts';
import type { Happened, History } from './history.ts';
import type { Ledger } from './ledger.ts';
import type { PodMetrics } from './metrics-server.ts';
import { compression, deployment, policy, type Step, settings, usersService } from './objects.ts';
import type { Workload } from './workloads.ts';

/** What all plans of a run share. */
export interface Ground {
  readonly lab: JoinedLab;
  readonly api: Api;
  readonly history: History;
  readonly metrics: PodMetrics;
  readonly folder: string;
}

export interface Scene {
  readonly lab: JoinedLab;
  readonly api: Api;
  readonly namespace: string;
  readonly controllers: Controllers;
  readonly token: string;
  /** What its pods tell of themselves. */
  metrics(are: 'speaking' | 'silent'): void;
  happened(): readonly Happened[];
}

interface Stood extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** On a machine that is busy with other things. */
const adoptedWithinMs = 240_000;

export interface SceneOrder {
  readonly before: Workload['before'];
  readonly ledger: Ledger;
  readonly steps: readonly Step[];
  readonly lives: Lives;
  readonly atEnd: AtEnd;
}

/** Resolves when a controller leads, the service is delivered if it is to be, and nothing is under way. */
export async function openScene(ground: Ground, { before, ledger, lives, steps, atEnd }: SceneOrder): Promise<Scene> {
  const { api, history, lab } = ground;
  const metadata = { generateName: 'faults-' };
  const made = await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  const namespace = made.metadata.name;
  const folder = join(ground.folder, namespace);
  await mkdir(folder);
  const cache = join(ground.folder, 'cache');
  const controllers = new Controllers({
    ...{ lab, api, namespace, ledger, folder, cache, atEnd, compression, settings, lives },
  });
  await Promise.all([
    controllers.start(),
    api.apply(deploymentPath(namespace, 'app'), deployment()),
    api.apply(`${folders(namespace).services}/app`, usersService()),
    api.apply(routePath(namespace), splitRoute({ namespace, gateways: null, rule: 'primary' })),
    ...(before === 'delivered' ? [api.apply(policyPath(namespace), policy(steps))] : []),
  ]);
  atEnd(() => release(api, namespace));
  await controllers.leads();
  const isBegun = before === 'delivered' ? isDelivered : isServed;
  await eventually(() => isBegun(api, namespace), { withinMs: adoptedWithinMs, everyMs: 500 }).catch(
    (cause: unknown) => {
      throw new Error(`it is not ${before}: ${String(cause)}\n${controllers.output()}`, { cause });
    },
  );
  const token = lab.state.tokens.admin;
  const metrics = (are: 'speaking' | 'silent'): void => ground.metrics.let(namespace, are);
  return { lab, api, namespace, controllers, token, metrics, happened: () => history.of(namespace) };
}

async function isDelivered(api: Api, namespace: string): Promise<boolean> {
  const [{ status }, { spec }] = await Promise.all([
    api.get<Stood>(policyPath(namespace)),
    api.get<Deployment>(deploymentPath(namespace, 'app')),
  ]);
  const isReady = status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') === true;
  return isReady && spec.replicas === 0;
}

/** By the Deployment itself. */
async function isServed(api: Api, namespace: string): Promise<boolean> {
  const { spec, status } = await api.get<Deployment>(deploymentPath(namespace, 'app'));
  return status.readyReplicas === spec.replicas;
}

/** Nobody is left to give the service back: the policy, if it is there, goes without, and the namespace with it. */
async function release(api: Api, namespace: string): Promise<void> {
  await api.patch(policyPath(namespace), { metadata: { finalizers: null } }).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  });
  await api.delete(`/api/v1/namespaces/${namespace}`);
}
