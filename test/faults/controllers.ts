/** The controllers of one plan: each a process of its own, behind a proxy of its own, killed and followed by another. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Api, KubeObject } from '../lab/api/api.ts';
import type { JoinedLab } from '../lab/joined-lab.ts';
import type { AtEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive, signalById, type TestProcess } from '../support/process.ts';
import { startSluice } from '../support/sluice-command.ts';
import { ApiProxy } from './api-proxy.ts';
import type { Ledger } from './ledger.ts';

export interface ControllersOptions {
  readonly lab: JoinedLab;
  readonly api: Api;
  readonly namespace: string;
  readonly ledger: Ledger;
  /** For files. */
  readonly folder: string;
  /** Where compiled code is kept for the next start. */
  readonly cache: string;
  readonly atEnd: AtEnd;
  /** Every duration of plans and rules is divided by it. */
  readonly compression: number;
  /** Of the operator. */
  readonly settings: object;
}

/** On a machine that is busy with other things. */
const startsWithinMs = 240_000;

type Lease = KubeObject & { readonly spec: Readonly<Record<string, unknown>> };

export class Controllers {
  readonly #options: ControllersOptions;
  readonly #processes: TestProcess[] = [];
  /** Those that are told to end, by number. */
  readonly #toEnd = new Set<number>();
  readonly #next = Promise.withResolvers<string>();
  /** Starts of successors that are under way. */
  #starting: Promise<unknown> = Promise.resolve();

  constructor(options: ControllersOptions) {
    this.#options = options;
  }

  /** Resolves when the process is there; it leads when its turn comes. */
  async start(): Promise<TestProcess> {
    const { atEnd, cache, compression, folder, lab, ledger, namespace, settings } = this.#options;
    const number = this.#processes.length;
    let started: TestProcess | null = null;
    const proxy = new ApiProxy({
      upstream: lab.state,
      ledger,
      kill: () => {
        if (started !== null) this.#kill(started);
      },
      successor: () => this.#next.promise,
    });
    const url = await proxy.listen();
    atEnd(() => proxy.close());
    const kubeconfig = join(folder, `kubeconfig-${number}`);
    const settingsFile = join(folder, 'settings.yaml');
    await writeFile(kubeconfig, JSON.stringify(kubeconfigTo(url, lab.state.tokens.admin)));
    await writeFile(settingsFile, stringify(settings));
    const place = ['--settings', settingsFile, '--namespace', namespace, '--kubeconfig', kubeconfig];
    const how = ['--no-review', '--listen', '127.0.0.1:0', '--compress', String(compression), '--log-level', 'info'];
    started = startSluice(['controller', ...place, ...how], { atEnd, env: { NODE_COMPILE_CACHE: cache } });
    this.#processes.push(started);
    atEnd(() => this.#toEnd.add(number));
    // One that can't be started leaves a plan that does not end, which is told.
    this.#again(number, started).catch(() => undefined);
    return started;
  }

  /** Resolves when the newest leads, with the address of its API. */
  async leads(): Promise<string> {
    const [, url = ''] = await (this.#processes.at(-1) as TestProcess).says(/API at (http:\S+)/, startsWithinMs);
    return url;
  }

  /** The API of the one that leads now; null while none does. */
  url(): string | null {
    const leading = this.#processes.filter(({ pid }) => isAlive(pid));
    return (
      leading.map((each) => /API at (http:\S+)/.exec(each.output())?.[1] ?? null).find((url) => url !== null) ?? null
    );
  }

  /** As an operator stops them. */
  async stop(): Promise<void> {
    this.#toEnd.add(this.#processes.length - 1);
    await this.newest.end('SIGTERM');
  }

  get newest(): TestProcess {
    return this.#processes.at(-1) as TestProcess;
  }

  output(): string {
    return this.#processes.map((each, index) => `--- controller ${index}\n${each.output()}`).join('\n');
  }

  /** SIGKILL; another one follows. */
  kill(): void {
    this.#kill(this.newest);
  }

  /** When no successor is being started. */
  settled(): Promise<unknown> {
    return this.#starting;
  }

  /** One that ended by itself is started again, as a cluster does: on a busy machine a leader may lose its Lease. */
  async #again(number: number, process: TestProcess): Promise<void> {
    await process.exited;
    const isFollowed = this.#toEnd.has(number) || this.#processes.length > number + 1;
    if (!isFollowed) await this.start();
  }

  #kill(process: TestProcess): void {
    this.#toEnd.add(this.#processes.indexOf(process));
    signalById(process.pid, 'SIGKILL');
    this.#starting = this.#follow(process).then(this.#next.resolve, this.#next.reject);
    this.#next.promise.catch(() => undefined);
  }

  async #follow(killed: TestProcess): Promise<string> {
    await killed.exited;
    await this.freeLease();
    await this.start();
    return this.leads();
  }

  /** As if its time were over: a dead one renews nothing, and nobody need wait for that here. */
  async freeLease(): Promise<void> {
    const { api, namespace } = this.#options;
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/sluice`;
    await eventually(async () => {
      const { metadata, spec } = await api.get<Lease>(path);
      const { resourceVersion } = metadata;
      return (
        spec['holderIdentity'] === '' ||
        api.patch(path, { metadata: { resourceVersion }, spec: { holderIdentity: '' } })
      );
    });
  }
}

const kubeconfigTo = (server: string, token: string): object => ({
  apiVersion: 'v1',
  kind: 'Config',
  // Without it the client library refuses a plain address.
  clusters: [{ name: 'proxy', cluster: { server, 'insecure-skip-tls-verify': true } }],
  users: [{ name: 'admin', user: { token } }],
  contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'admin' } }],
  'current-context': 'proxy',
});
