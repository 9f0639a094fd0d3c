/** The controllers of one plan: each behind a proxy of its own, killed and followed by another. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Api, KubeObject } from '../lab/api/api.ts';
import type { JoinedLab } from '../lab/joined-lab.ts';
import type { AtEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { ApiProxy } from './api-proxy.ts';
import type { Lives } from './fault.ts';
import { type Incarnation, startProcessController } from './incarnation.ts';
import { startInsideController } from './inside-controller.ts';
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
  /** What they live in: processes of their own unless said otherwise. */
  readonly lives?: Lives;
}

/** On a machine that is busy with other things. */
const startsWithinMs = 240_000;

type Lease = KubeObject & { readonly spec: Readonly<Record<string, unknown>> };

export class Controllers {
  readonly #options: ControllersOptions;
  readonly #lived: Incarnation[] = [];
  /** Those that are told to end. */
  readonly #toEnd = new Set<Incarnation>();
  #starts = 0;
  #next = Promise.withResolvers<string>();
  /** Starts of successors that are under way. */
  #starting: Promise<unknown> = Promise.resolve();

  constructor(options: ControllersOptions) {
    this.#options = options;
  }

  /** Resolves when it is there; it leads when its turn comes. `program`: `src/main.ts` of another version. */
  async start(program?: string): Promise<Incarnation> {
    const { atEnd, cache, compression, folder, lab, ledger, lives = 'process', namespace, settings } = this.#options;
    const number = this.#starts++;
    let started: Incarnation | null = null;
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
    const order = { namespace, kubeconfig, settingsFile, compression, atEnd, program };
    started =
      lives === 'process' ? startProcessController(order, cache) : startInsideController(order, () => void proxy.cut());
    this.#lived.push(started);
    const born = started;
    atEnd(() => void this.#toEnd.add(born));
    // One that can't be started leaves a plan that does not end, which is told.
    this.#again(started).catch(() => undefined);
    return started;
  }

  /** Resolves when the newest leads, with the address of its API. */
  leads(): Promise<string> {
    return eventually(() => (this.newest.isAlive() ? this.newest.url() : null), { withinMs: startsWithinMs }).catch(
      (cause: unknown) => {
        throw new Error(`it does not lead:\n${this.newest.output()}`, { cause });
      },
    );
  }

  /** The API of the newest that led and lives; null while none does. */
  url(): string | null {
    const urls = this.#lived.filter((each) => each.isAlive()).map((each) => each.url());
    return urls.findLast((url) => url !== null) ?? null;
  }

  /** As an operator stops them. */
  async stop(): Promise<void> {
    this.#toEnd.add(this.newest);
    await this.newest.stop();
  }

  get newest(): Incarnation {
    return this.#lived.at(-1) as Incarnation;
  }

  output(): string {
    return this.#lived.map((each, index) => `--- controller ${index}\n${each.output()}`).join('\n');
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
  async #again(lived: Incarnation): Promise<void> {
    await lived.exited;
    const isFollowed = this.#toEnd.has(lived) || this.newest !== lived;
    if (!isFollowed) await this.start();
  }

  #kill(lived: Incarnation): void {
    this.#toEnd.add(lived);
    this.#next = Promise.withResolvers<string>();
    lived.crash();
    this.#starting = this.#follow(lived).then(this.#next.resolve, this.#next.reject);
    this.#next.promise.catch(() => undefined);
  }

  async #follow(killed: Incarnation): Promise<string> {
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
