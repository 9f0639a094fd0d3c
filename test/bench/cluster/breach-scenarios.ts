/** A canary that fails everything, at 25 % of 100 requests/s through istiod and Envoy: from the first failure to the route, and to the last failure. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { ApiClient } from '../../../src/cli/api-client.ts';
import { folders } from '../../../src/workload/kubernetes/labels.ts';
import { Controllers } from '../../faults/controllers.ts';
import { ourFolder, routePath } from '../../faults/end-state.ts';
import type { Happened } from '../../faults/history.ts';
import { Ledger } from '../../faults/ledger.ts';
import type { Ground } from '../../faults/scene.ts';
import { prometheusUrl } from '../../lab/metrics/prometheus.ts';
import { addresses } from '../../lab/network/network.ts';
import { deployment, deploymentPath, sampleContainer, samplePort } from '../../lab/sample-deployment.ts';
import type { AtEnd } from '../../support/at-end.ts';
import { deliveredPolicy, deliveredSpec, splitRoute } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { usersService } from '../../support/kubernetes-workload.ts';
import { must } from '../../support/proxy.ts';
import { withCleanUp } from '../rig/clean-up.ts';
import { leaveUnread } from '../rig/unread-reports.ts';
import type { Scenario } from './fleet-scenarios.ts';
import { everythingHangs, type Outside } from './hanging.ts';
import { middle, type Row } from './row.ts';
import { scrapeEvery } from './scrape-every.ts';
import { type SteadyLoad, startLoad } from './steady-load.ts';

interface Source {
  readonly name: string;
  readonly words: object;
  /** Of Prometheus, seconds. */
  readonly scrape: number;
  readonly runs: number;
  readonly reach: { readonly median: number; readonly worst: number | null; readonly failed: number | null };
  /** What is asked and told besides; left out: nothing. */
  readonly outside?: (atEnd: AtEnd) => Promise<Outside>;
}

const byPrometheus = { prometheus: { url: prometheusUrl, interval: '1s', timeout: '1s' } };

const sources: Readonly<Record<string, Source>> = {
  'breach-prometheus-1s': {
    name: 'Prometheus scraping every 1 s',
    words: byPrometheus,
    scrape: 1,
    runs: 5,
    reach: { median: 1.5, worst: 2.5, failed: 40 },
  },
  'breach-direct': {
    name: 'direct scrape every 250 ms',
    words: { scrape: { interval: '250ms', timeout: '1s' } },
    scrape: 1,
    runs: 5,
    reach: { median: 0.8, worst: null, failed: null },
  },
  hanging: {
    name: 'direct scrape every 250 ms, while hooks, a Job, health endpoint, Alertmanager, notices and reports hang',
    words: { scrape: { interval: '250ms', timeout: '1s' } },
    scrape: 1,
    runs: 5,
    reach: { median: 0.8, worst: null, failed: null },
    outside: everythingHangs,
  },
  'breach-prometheus-5s': {
    name: 'Prometheus scraping every 5 s',
    words: byPrometheus,
    scrape: 5,
    runs: 5,
    reach: { median: 6, worst: null, failed: null },
  },
};

const withinMs = 240_000;

/** Prometheus takes up to 10 s to find a new pod: it is ready, and gets its traffic, only then. */
const knownAfterSeconds = 15;

interface Stage {
  readonly ground: Ground;
  readonly namespace: string;
  readonly load: SteadyLoad;
  readonly outside: Outside | null;
  /** Of the controller's API. */
  readonly url: () => string;
}

interface Run {
  readonly toZero: number;
  readonly failed: number;
  readonly toLast: number;
  /** From the decision, by the release's own record, to the route written with 0. */
  readonly decided: number;
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

async function oneRun(stage: Stage, version: string, atEnd: AtEnd): Promise<Run> {
  const { ground, load, namespace, outside } = stage;
  const { api, history } = ground;
  const from = load.failedAtMs.length;
  const begun = history.of(namespace).length;
  await api.patch(deploymentPath(namespace, 'app'), {
    spec: { template: { spec: { containers: [container(version, '1')] } } },
  });
  const states = (): readonly Happened[] =>
    history
      .of(namespace)
      .slice(begun)
      .filter(({ plural }) => plural === 'virtualservices');
  await eventually(() => states().some(({ object }) => canaryOf(object) === 25), { withinMs });
  const id = await newestOf(stage);
  if (outside !== null) await leaveUnread({ url: stage.url(), id, count: 20 }, atEnd);
  const zero = await eventually(
    () => {
      const raised = states().findIndex(({ object }) => canaryOf(object) === 25);
      return states()
        .slice(raised)
        .find(({ object }) => canaryOf(object) === 0);
    },
    { withinMs },
  );
  // What was under way then is answered.
  await delay(3_000);
  const failed = load.failedAtMs.slice(from);
  const [first = Number.NaN] = failed;
  return {
    toZero: (zero.atMs - first) / 1_000,
    failed: failed.length,
    toLast: ((failed.at(-1) ?? Number.NaN) - zero.atMs) / 1_000,
    decided: (zero.atMs - (await decidedAtMs(stage, id))) / 1_000,
  };
}

const decidedAtMs = (stage: Stage, id: string): Promise<number> =>
  eventually(async () => must(await ask(stage).release(id)).rollback?.decidedAtMs ?? null, { withinMs });

/** Id of the release that runs. */
const newestOf = async (stage: Stage): Promise<string> => must(await ask(stage).releases())[0]?.id ?? '';

const ask = ({ url }: Stage): ApiClient => new ApiClient(url(), null);

const canaryOf = ({ spec }: Happened['object']): number =>
  (spec as { readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[] }).http[0]?.route[1]
    ?.weight ?? 0;

async function openStage(ground: Ground, { outside: open, words }: Source, atEnd: AtEnd): Promise<Stage> {
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
  return { ground, namespace, load, outside, url: () => controllers.url() ?? '' };
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

const scenarioOf =
  (source: Source): Scenario =>
  async (ground, atEnd) => {
    await scrapeEvery(ground.lab.folder, source.scrape);
    atEnd(() => scrapeEvery(ground.lab.folder, 1));
    const stage = await openStage(ground, source, atEnd);
    const runs: Run[] = [];
    for (let run = 1; run <= source.runs; run++)
      await withCleanUp(async (atRunEnd) => void runs.push(await oneRun(stage, `v${run + 1}`, atRunEnd)));
    const [toZero, failed, toLast] = [
      runs.map((each) => each.toZero),
      runs.map((each) => each.failed),
      runs.map((each) => each.toLast),
    ];
    const { median, worst, failed: most } = source.reach;
    if (stage.outside !== null)
      console.log(`  ${stage.outside.taken()} connections were taken, and left without an answer`);
    console.log(
      `  ${source.name}: ${toZero.map((seconds) => seconds.toFixed(2)).join(' ')} s; failed ${failed.join(' ')}`,
    );
    return [
      {
        what: 'first failed request -> route written with 0, median',
        measured: middle(toZero),
        unit: 's',
        reach: median,
      },
      { what: 'the same, worst', measured: Math.max(...toZero), unit: 's', reach: worst },
      {
        what: 'rollback decided -> route written with 0, worst',
        measured: Math.max(...runs.map(({ decided }) => decided)),
        unit: 's',
        reach: 1,
      },
      { what: 'user requests failed, median', measured: middle(failed), unit: '', reach: most },
      { what: 'route written with 0 -> last failed request, median', measured: middle(toLast), unit: 's', reach: 0.15 },
    ] satisfies readonly Row[];
  };

export const breachScenarios: Readonly<Record<string, Scenario>> = Object.fromEntries(
  Object.entries(sources).map(([name, source]) => [name, scenarioOf(source)]),
);
