/** Many services in one namespace that one controller delivers, of pods without a process: for what it costs, not for what it decides. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '../../../src/workload/kubernetes/labels.ts';
import { Controllers } from '../../faults/controllers.ts';
import { ourFolder } from '../../faults/end-state.ts';
import { Ledger } from '../../faults/ledger.ts';
import { healthyPort } from '../../faults/metrics-server.ts';
import type { Ground } from '../../faults/scene.ts';
import { fakeAnnotation } from '../../lab/kubelet/pod.ts';
import { deploymentPath } from '../../lab/sample-deployment.ts';
import type { AtEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';

export interface FleetOrder {
  readonly size: number;
  readonly steps: readonly { readonly weight: number; readonly bake: string }[];
  readonly atEnd: AtEnd;
  /** `src/main.ts` of another version, for the first controller. */
  readonly program?: string | undefined;
}

interface Told {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly revision: string };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const withinMs = 600_000;

export class Fleet {
  readonly namespace: string;
  readonly ledger: Ledger;
  readonly controllers: Controllers;
  readonly #ground: Ground;
  readonly #order: FleetOrder;

  constructor(ground: Ground, order: FleetOrder, namespace: string) {
    this.#ground = ground;
    this.#order = order;
    this.namespace = namespace;
    this.ledger = new Ledger({ fault: { kind: 'none' } });
    const { api, lab } = ground;
    const folder = join(ground.folder, namespace);
    const cache = join(ground.folder, 'cache');
    const settings = { sources: { pods: { scrape: { interval: '5s' } } } };
    const { ledger } = this;
    const { atEnd } = order;
    this.controllers = new Controllers({
      ...{ lab, api, namespace, ledger, folder, cache, atEnd, settings, compression: 1 },
    });
  }

  /** Everything is there but the policies; a controller leads. */
  static async open(ground: Ground, order: FleetOrder): Promise<Fleet> {
    const metadata = { generateName: 'bench-' };
    const { api } = ground;
    const made = await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    const fleet = new Fleet(ground, order, made.metadata.name);
    await mkdir(join(ground.folder, fleet.namespace));
    await fleet.#each((name) => fleet.#service(name));
    await fleet.controllers.start(order.program);
    await fleet.controllers.leads();
    return fleet;
  }

  get pid(): number {
    return this.controllers.newest.pid;
  }

  /** Resolves when every service is adopted. */
  async adopt(): Promise<void> {
    const { steps } = this.#order;
    await this.#each((name) =>
      this.#ground.api.apply(`${ourFolder(this.namespace)}/releasepolicies/${name}`, policy(name, steps)),
    );
    await eventually(
      async () => {
        const { items } = await this.#ground.api.list<Told>(`${ourFolder(this.namespace)}/releasepolicies`);
        return items.every(({ status }) =>
          status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True'),
        );
      },
      { withinMs, everyMs: 500 },
    ).catch((cause: unknown) => {
      throw new Error(`not all were adopted: ${String(cause)}\n${this.controllers.output().slice(-4_000)}`, { cause });
    });
  }

  /** Another version of every service, or of the first so many; resolves when all releases are in the phase, or past it. */
  async push(version: string, phases: RegExp, count = this.#order.size): Promise<void> {
    await this.#each(
      (name) =>
        this.#ground.api.patch(deploymentPath(this.namespace, name), { spec: { template: template(name, version) } }),
      count,
    );
    await eventually(
      async () => {
        const all = await this.releases();
        return all.length >= count && all.every(({ status }) => phases.test(status?.phase ?? ''));
      },
      { withinMs, everyMs: 1_000 },
    );
  }

  async releases(): Promise<readonly Told[]> {
    return (await this.#ground.api.list<Told>(`${ourFolder(this.namespace)}/releases`)).items;
  }

  async #service(name: string): Promise<void> {
    const { api } = this.#ground;
    const services = folders(this.namespace).services;
    await api.apply(deploymentPath(this.namespace, name), deployment(name));
    await api.apply(`${services}/${name}`, usersService(name));
    await api.apply(`/apis/networking.istio.io/v1/namespaces/${this.namespace}/virtualservices/${name}`, route(name));
  }

  /** A few at a time. */
  async #each(work: (name: string) => Promise<unknown>, count = this.#order.size): Promise<void> {
    const names = Array.from({ length: count }, (_, index) => `app-${index}`);
    const lane = async (): Promise<void> => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) await work(name);
    };
    await Promise.all(Array.from({ length: 16 }, lane));
  }
}

const template = (name: string, version: string): object => ({
  metadata: { labels: { app: name }, annotations: { [fakeAnnotation]: 'ready' } },
  spec: {
    containers: [{ name: 'app', image: `app:${version}`, ports: [{ name: 'http', containerPort: healthyPort }] }],
  },
});

const deployment = (name: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: template(name, 'v1') },
});

const usersService = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
});

const route = (name: string): object => {
  const leg = (host: string, weight: number): object => ({ destination: { host, port: { number: 80 } }, weight });
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name },
    spec: {
      hosts: [`${name}.test`],
      http: [{ name: 'primary', route: [leg(`${name}-stable`, 100), leg(`${name}-canary`, 0)] }],
    },
  };
};

const policy = (name: string, steps: FleetOrder['steps']): object => ({
  apiVersion: 'sluice.dev/v1alpha1',
  kind: 'ReleasePolicy',
  metadata: { name },
  spec: {
    target: { deployment: name },
    traffic: { istio: { virtualService: name, services: { stable: `${name}-stable`, canary: `${name}-canary` } } },
    metrics: { source: 'pods' },
    rules: { inline: { error_rate: { threshold: '5%', window: '1m', alert: 'critical' } } },
    plan: { steps, readyWithin: '30m', scaleWithin: '30m', verify: 'config', whenUnjudgeable: 'hold' },
  },
});
