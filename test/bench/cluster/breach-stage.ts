/** A service of the lab that gets 100 requests/s through istiod and Envoy, and a next version that fails all of its own. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { folders } from '../../../src/workload/kubernetes/labels.ts';
import { Controllers } from '../../faults/controllers.ts';
import { ourFolder, routePath } from '../../faults/end-state.ts';
import type { Happened } from '../../faults/history.ts';
import { Ledger } from '../../faults/ledger.ts';
import type { Ground } from '../../faults/scene.ts';
import { addresses } from '../../lab/network/network.ts';
import { deployment, deploymentPath, sampleContainer, samplePort } from '../../lab/sample-deployment.ts';
import type { AtEnd } from '../../support/at-end.ts';
import { deliveredPolicy, deliveredSpec, splitRoute } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { usersService } from '../../support/kubernetes-workload.ts';
import type { Outside } from './hanging.ts';
import { type SteadyLoad, startLoad } from './steady-load.ts';

export interface BreachOrder {
  /** Of the metric source. */
  readonly words: object;
  /** What is asked and told besides; left out: nothing. */
  readonly outside?: (atEnd: AtEnd) => Promise<Outside>;
}

export const withinMs = 240_000;

/** Prometheus takes up to 10 s to find a new pod: it is ready, and gets its traffic, only then. */
const knownAfterSeconds = 15;

export interface Stage {
  readonly ground: Ground;
  readonly namespace: string;
  readonly load: SteadyLoad;
  readonly outside: Outside | null;
  readonly controllers: Controllers;
}

const container = (version: string, errorRate: string) =>
  sampleContainer(version, {
    env: [{ name: 'ERROR_RATE', value: errorRate }],
    readinessProbe: {
      httpGet: { path: '/healthz', port: 'http' },
      periodSeconds: 1,
      initialDelaySeconds: errorRate === '0' ? 0 : knownAfterSeconds,
    },
  });

export const canaryOf = ({ spec }: Happened['object']): number =>
  (spec as { readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[] }).http[0]?.route[1]
    ?.weight ?? 0;

/** Everything of it fails once it gets users. */
export const pushFailing = ({ ground, namespace }: Stage, version: string): Promise<unknown> =>
  ground.api.patch(deploymentPath(namespace, 'app'), {
    spec: { template: { spec: { containers: [container(version, '1')] } } },
  });

/** States of the route, from that one of all that happened on. */
export const routesOf = ({ ground, namespace }: Stage, from: number): readonly Happened[] =>
  ground.history
    .of(namespace)
    .slice(from)
    .filter(({ plural }) => plural === 'virtualservices');

/** The state that took the canary's users away again. */
export function zeroAfterRise(states: readonly Happened[]): Happened | undefined {
  const raised = states.findIndex(({ object }) => canaryOf(object) === 25);
  return raised < 0 ? undefined : states.slice(raised).find(({ object }) => canaryOf(object) === 0);
}

export async function openStage(ground: Ground, { outside: open, words }: BreachOrder, atEnd: AtEnd): Promise<Stage> {
  const { api, lab } = ground;
  const made = await api.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { generateName: 'bench-' },
  });
  const namespace = made.metadata.name;
  const folder = join(ground.folder, namespace);
  await mkdir(folder);
  const annotations = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(samplePort) };
  const about = { name: 'app', namespace, container: container('v1', '0'), replicas: 2, annotations };
  await api.apply(deploymentPath(namespace, 'app'), deployment(about));
  await api.apply(`${folders(namespace).services}/app`, usersService());
  const outside = open === undefined ? null : await open(atEnd);
  await outside?.prepare(api, namespace);
  await api.apply(`${ourFolder(namespace)}/releasepolicies/app`, deliveredPolicy({ ...spec, ...outside?.spec }));
  const cache = join(ground.folder, 'cache');
  const ledger = new Ledger({ fault: { kind: 'none' } });
  const { sources: more = {}, ...others } = outside?.settings ?? {};
  const settings = { sources: { main: words, ...more }, ...others };
  const controllers = new Controllers({ lab, api, namespace, ledger, folder, cache, atEnd, settings, compression: 1 });
  await controllers.start();
  await eventually(() => api.get(`${folders(namespace).services}/app-stable`), { withinMs });
  await api.apply(routePath(namespace), splitRoute({ namespace, rule: 'primary' }));
  const host = `${namespace}.test`;
  await eventually(
    async () => {
      const { statusCode, body } = await request(`http://${addresses.ingress}/`, { headers: { host } });
      await body.dump();
      return statusCode === 200;
    },
    { withinMs },
  );
  const load = startLoad(host, atEnd);
  await eventually(() => load.sent() > 1_500, { withinMs });
  return { ground, namespace, load, outside, controllers };
}

const spec = deliveredSpec({
  source: 'main',
  plan: {
    steps: [
      { weight: 25, bake: '10m' },
      { weight: 100, bake: '10m' },
    ],
    drain: '5s',
    verify: 'config',
    whenUnjudgeable: 'hold',
  },
});
