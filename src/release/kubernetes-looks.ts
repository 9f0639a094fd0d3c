/** Looks at releases, kept in memory and now and then in a ConfigMap that goes with the release: for people, never waited for. */
import { z } from 'zod';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { KubeProblem } from '../kube/problem.ts';
import { parsedJson } from '../lib/parsed-json.ts';
import { ok, type Result } from '../lib/result.ts';
import { Journal, type Journalled } from './journal.ts';
import type { JournalSpan } from './journal-span.ts';
import { ownedBy } from './kubernetes-owned.ts';
import { type Look, type Looks, memoryShelf } from './memory-shelf.ts';

/** Looks between two writes of a release's ConfigMap: what a killed controller loses of them. */
const looksAWrite = 30;

const kept = z.array(z.object({ first: z.number(), last: z.number(), bytes: z.number(), document: z.string() }));

export class KubernetesLooks {
  readonly #client: KubeClient;
  readonly #folder: string;
  readonly #looks: Looks = new Map<string, Look[]>();
  readonly #journal = new Journal(memoryShelf(this.#looks, () => false));
  /** Looks that are not written yet, by release. */
  readonly #unwritten = new Map<string, { readonly release: KubeObject; readonly looks: number }>();
  readonly #turns = new Map<string, Promise<void>>();

  constructor(client: KubeClient, folder: string) {
    this.#client = client;
    this.#folder = folder;
  }

  note(release: KubeObject, span: JournalSpan): Promise<Result<void, KubeProblem>> {
    return this.#inTurn(release.metadata.name, () => this.#note(release, span));
  }

  async #note(release: KubeObject, span: JournalSpan): Promise<Result<void, KubeProblem>> {
    const { name } = release.metadata;
    const loaded = await this.#load(release);
    if (!loaded.ok) return loaded;
    this.#journal.note(name, span);
    const looks = (this.#unwritten.get(name)?.looks ?? 0) + 1;
    this.#unwritten.set(name, { release, looks });
    if (span.trend === true || hasEnded(release)) return this.#end(name);
    return looks < looksAWrite ? ok(undefined) : this.#write(name);
  }

  /** Of one that nothing is noted of now nothing stays in memory: a history reads many. */
  async read(release: KubeObject): Promise<Result<Journalled, KubeProblem>> {
    const { name } = release.metadata;
    if (this.#looks.has(name)) return ok(this.#journal.read(name));
    return this.#inTurn(name, async () => {
      const loaded = await this.#load(release);
      if (!loaded.ok) return loaded;
      const read = this.#journal.read(name);
      if (!this.#unwritten.has(name)) this.#forget(name);
      return ok(read);
    });
  }

  /** Writes what is left, and forgets the release: looks after its end come so rarely that each is written. */
  async ended(name: string): Promise<void> {
    await this.#inTurn(name, () => this.#end(name));
  }

  async #end(name: string): Promise<Result<void, KubeProblem>> {
    const written = await this.#write(name);
    this.#forget(name);
    return written;
  }

  #forget(name: string): void {
    this.#journal.ended(name);
    this.#looks.delete(name);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#unwritten.keys()].map((name) => this.#write(name)));
  }

  /** One after the other: a release's looks are not forgotten while another one is added to them. */
  #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(name, settled);
    void settled.then(() => {
      if (this.#turns.get(name) === settled) this.#turns.delete(name);
    });
    return turn;
  }

  async #load({ metadata: { name } }: KubeObject): Promise<Result<void, KubeProblem>> {
    if (this.#looks.has(name)) return ok(undefined);
    const read = await this.#client.get(`${this.#folder}/${name}-looks`);
    if (!read.ok && read.error.reason !== 'NotFound') return read;
    const text = read.ok ? (read.value['data'] as { readonly looks?: string } | undefined)?.looks : undefined;
    this.#looks.set(name, text === undefined ? [] : (kept.safeParse(parsedJson(text)).data ?? []));
    return ok(undefined);
  }

  async #write(name: string): Promise<Result<void, KubeProblem>> {
    const unwritten = this.#unwritten.get(name);
    if (unwritten === undefined) return ok(undefined);
    this.#unwritten.delete(name);
    const body = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-looks`, ownerReferences: [ownedBy(unwritten.release)] },
      data: { looks: JSON.stringify(this.#looks.get(name) ?? []) },
    };
    const made = await this.#client.create(this.#folder, body);
    if (made.ok || made.error.reason !== 'AlreadyExists') return made.ok ? ok(undefined) : made;
    const again = await this.#client.replace(`${this.#folder}/${name}-looks`, body);
    return again.ok ? ok(undefined) : again;
  }
}

/** The look that ended it is noted after its end, and nothing comes after that but now and then. */
const hasEnded = (release: KubeObject): boolean => {
  const { phase } = (release['status'] ?? {}) as { readonly phase?: string };
  return phase === 'succeeded' || phase === 'rolledBack' || phase === 'failed';
};
