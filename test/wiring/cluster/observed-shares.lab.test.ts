/** Whole runs whose weights count only as the mesh's own counters show them: through istiod and Envoy, and through Traefik's Gateway API. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Release } from '../../../src/release/release.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { istioGateway } from '../../lab/mesh/objects.ts';
import { routeOfGateway } from '../../lab/mesh/traefik-kinds.ts';
import { prometheusUrl } from '../../lab/metrics/prometheus.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { addresses } from '../../lab/network/network.ts';
import { type ShippedAccount, shippedAccount } from '../../lab/shipped-account.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { startClusterUsers } from '../../support/cluster-users.ts';
import { splitRoute } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { anOperatedService, type OperatedService, type Stood, takenOverBy } from '../../support/operated-service.ts';
import type { TestProcess } from '../../support/process.ts';
import { sluice, startSluice } from '../../support/sluice-command.ts';
import { tellPods } from '../../support/tell-pods.ts';
import { tempDir } from '../../support/temp-dir.ts';

const patience = { withinMs: 200_000 };

const plan = {
  steps: [25, 50, 100].map((weight) => ({ weight, bake: '20s' })),
  readyWithin: '1h',
  scaleWithin: '1h',
  maxDuration: '10h',
  blindFor: '2h',
  blindMax: '4h',
  verify: 'requests',
  // Longer than the whole run: nothing but requests makes a step begin.
  verifyWithin: '9h',
  watchFor: '20s',
  drain: '10s',
  whenUnjudgeable: 'hold',
};

const services = { stable: 'app-stable', canary: 'app-canary' };
const sources = { main: { prometheus: { url: prometheusUrl, interval: '1s' } } };
const rule = { threshold: '1%', window: '1m', alert: 'critical' };

/** Requests that Sluice makes itself, to the canary's pods and past the mesh; a rule of their own judges them. */
const ownLoad = {
  check: { name: 'warm', at: ['afterWeight'], load: { path: '/', rate: 100, for: '20s' }, onFail: 'record' },
  rule: {
    ...{ threshold: '5%', window: '1m', alert: 'warning' },
    query: { bad: 'sluice_load_requests_total{code=~"5..|0"}', total: 'sluice_load_requests_total' },
  },
};

interface Place {
  readonly namespace: string;
  readonly host: string;
}

const handingOver = ({ namespace, host }: Place): object => ({
  ...{ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'entry' } },
  spec: { hosts: [host], gateways: [istioGateway], http: [{ delegate: { name: 'app', namespace } }] },
});

/** A delegate names neither host nor gateway. */
const delegated = ({ namespace }: Place): object => {
  const { spec, ...route } = splitRoute({ namespace, gateways: null, rule: 'primary' }) as { readonly spec: object };
  return { ...route, spec: { ...spec, hosts: [] } };
};

const kinds = [
  {
    title: 'a delegate of istiod and Envoy',
    address: addresses.ingress,
    words: (namespace: string) => ({
      traffic: { istio: { virtualService: 'app', services } },
      metrics: {
        source: 'main',
        preset: 'istio-envoy',
        labels: { cluster_name: `outbound|80||app-$backend.${namespace}.svc.cluster.local` },
      },
      rules: { inline: { error_rate: rule, load_errors: { ...ownLoad.rule, dryRun: true } } },
      checks: [ownLoad.check],
    }),
    loaded: true,
    /** The host's route hands over to another, in which the weights are, in a rule that has a name. */
    route: ({ host, namespace, routePath }: OperatedService) => ({
      path: routePath,
      object: delegated({ namespace, host }),
      before: { path: routePath.replace(/app$/, 'entry'), object: handingOver({ namespace, host }) },
    }),
  },
  {
    title: "Traefik's Gateway API",
    address: addresses.traefik,
    words: () => ({
      traffic: { gatewayApi: { httpRoute: 'app', services } },
      metrics: { source: 'main', preset: 'traefik', labels: { instance: '$instance' } },
      rules: { inline: { error_rate: { ...rule, preset: 'app' } } },
    }),
    loaded: false,
    route: ({ host, namespace }: OperatedService) => ({
      path: `/apis/${routeOfGateway.apiVersion}/namespaces/${namespace}/httproutes/app`,
      object: {
        ...{ apiVersion: routeOfGateway.apiVersion, kind: routeOfGateway.kind, metadata: { name: 'app' } },
        spec: routeOfGateway.spec({ namespace, host }),
      },
    }),
  },
];

describe.runIf(await needsLab())('a whole run by what the mesh counted', { timeout: 600_000 }, () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let homes: readonly string[];
  let account: ShippedAccount;
  /** One for all of them, under exactly the shipped role. */
  let controller: TestProcess;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
    homes = await Promise.all(kinds.map(() => lab.namespace()));
    const set = [`watchNamespaces={${homes.join(',')}}`, 'routers.gatewayApi=true'];
    account = await shippedAccount(lab, homes[0] ?? '', { set, atEnd });
    const settings = join(await tempDir(atEnd), 'settings.yaml');
    await writeFile(settings, stringify({ sources }));
    const place = homes.flatMap((namespace) => ['--namespace', namespace]);
    const how = ['--settings', settings, '--listen', '127.0.0.1:0', '--open-metrics', '--compress', '20'];
    controller = startSluice(['controller', ...place, ...how, '--kubeconfig', account.kubeconfig], { atEnd });
  });

  /** Shares of the steps, as the release told them while it baked. */
  const sharesOf = (namespace: string): ReadonlyMap<number, number> =>
    new Map(
      lab
        .audit()
        .filter(({ requestURI }) => new RegExp(`/namespaces/${namespace}/releases/[^/]+/status`).test(requestURI))
        .flatMap(({ responseObject }) => (responseObject as Stood | undefined)?.status ?? [])
        .flatMap(({ phase, weight }): [number, number][] =>
          phase === 'baking' && weight?.applied !== undefined && weight.observed !== undefined
            ? [[weight.applied, weight.observed]]
            : [],
        ),
    );

  it.concurrent.each(kinds)(
    'through $title: promoted at 25, 50, 100 %, pods that crash at 25 % and 5 % errors at 50 % taken to 0',
    async (kind) => {
      const spec = (namespace: string) => ({ target: { deployment: 'app' }, ...kind.words(namespace), plan });
      const home = { namespace: homes[kinds.indexOf(kind)] ?? '', account };
      const service = await anOperatedService(lab, spec, { sources, home, scraped: 'scraped', atEnd });
      const { namespace, releases, push } = service;
      const ended = (count: number) =>
        eventually(async () => {
          const all = await releases();
          const over = all.filter(({ status }) => ['failed', 'rolledBack', 'succeeded'].includes(status?.phase ?? ''));
          return over.length === count ? over.map(({ status }) => status) : null;
        }, patience).catch(async (cause: unknown) => {
          const state = JSON.stringify((await releases()).map(({ status }) => status));
          throw new Error(`${state}\n${controller.output().slice(-3_000)}`, { cause });
        });
      const taken = async (count: number) =>
        (await ended(count)).flatMap((status) => (status?.phase === 'rolledBack' ? [status] : []));
      const carries = (weight: number) =>
        eventually(
          async () =>
            (await releases()).some(({ status }) => status?.phase === 'baking' && status.weight?.applied === weight),
          patience,
        );
      const route = kind.route(service);
      if ('before' in route) await service.api.apply(route.before.path, route.before.object);
      await takenOverBy(service, route);
      const users = startClusterUsers(`http://${kind.address}/`, service.host, atEnd);
      await eventually(() => (users.answers['v1'] ?? 0) > 50);
      // Before the mesh has the route, nobody answers.
      const early = users.failed.length;

      await push('v2');
      expect((await ended(1)).map((status) => status?.phase)).toEqual(['succeeded']);
      expect(users.failed.slice(early)).toEqual([]);
      const shares = sharesOf(namespace);
      for (const weight of [25, 50, 100]) expect(Math.abs((shares.get(weight) ?? 0) - weight)).toBeLessThan(6);
      if (kind.loaded) {
        const [delivered] = await releases();
        const { evidence } = JSON.parse(delivered?.status?.record ?? '') as Pick<Release, 'evidence'>;
        const [own, ofUsers] = ['load_errors', 'error_rate'].map((name) => evidence.rules[name]?.canary);
        // A hundred at each of the three weights, of which a first look may not see how many were new.
        expect(own?.events).toBeGreaterThanOrEqual(100);
        expect(own?.bad).toBe(0);
        expect(ofUsers?.events).toBeLessThanOrEqual(users.answers['v2'] ?? 0);
      }

      // A new version whose pods end by themselves, under users.
      await push('v3');
      await carries(25);
      await eventually(() => tellPods(service, 'v3', { exit: 1 }));
      const [crashed] = await taken(2);
      expect(crashed?.message).toMatch(/new revision's instances/);

      await push('v4');
      await carries(50);
      // A busy machine may be at the next step before its users met enough errors: with pods that know nothing yet.
      const convicted = await eventually(async () => {
        await tellPods(service, 'v4', { errorRate: 0.05 });
        const over = (await releases()).filter(({ status }) => status?.phase === 'rolledBack');
        return over.find(({ status }) => status?.message?.includes('error_rate'));
      }, patience);
      expect(convicted.status?.weight?.applied).toBe(0);
      expect(await taken(3)).toHaveLength(2);
      expect(users.failed.slice(early).filter((each) => !/of v4$|of undefined$/.test(each))).toEqual([]);
      await users.stop();
    },
  );

  it('is delivered by one controller in several namespaces, each of which has its own leader and its own page', async () => {
    const [, url = ''] = await controller.says(/sluice listens at (http:\S+)/);
    const listed = await sluice(['list', '-A', '--kubeconfig', lab.kubeconfig('admin')], { atEnd });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    for (const namespace of homes) {
      expect(listed.out).toContain(namespace);
      expect(metrics).toContain(`sluice_rollbacks_total{namespace="${namespace}",policy="app",rule="error_rate"} 1`);
      expect(metrics).toMatch(new RegExp(`sluice_release_info\\{namespace="${namespace}",policy="app"`));
      const page = await fetch(`${url}/namespaces/${namespace}`);
      expect([page.status, page.url]).toEqual([200, `${url}/namespaces/${namespace}/`]);
      expect((await fetch(`${url}/namespaces/${namespace}/api/v1/releases`)).status).toBe(401);
    }
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/namespaces/elsewhere/api/v1/releases`)).status).toBe(404);
    expect(await controller.end()).toBe(0);
    expect(account.refused()).toEqual([]);
  });
});
