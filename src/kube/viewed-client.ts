/** A client whose looks cost nothing: what was asked for once is watched from then on, and looked up; writes, and reads before them, ask the server. */
import { pause } from '../lib/pause.ts';
import { ok } from '../lib/result.ts';
import type { Asking, KubeClient, KubeList, Patch, Query } from './client.ts';
import type { KubeObject } from './object.ts';
import { ClusterView } from './view.ts';

/** What can be asked for without changing anything. */
export type KubeReads = Pick<KubeClient, 'get' | 'list'>;

export interface ViewedOptions {
  readonly client: KubeClient;
  /** What is watched is listed anew so often. */
  readonly relistEveryMs: number;
}

/** The first who asks waits so long for the first list; after that, the server is asked. */
const firstListMs = 2_000;

interface Kept {
  readonly view: ClusterView;
  /** When the first list is there, or was waited for. */
  readonly first: Promise<unknown>;
}

/**
 *   seen.get, seen.list ──► watched? ──► as last heard
 *                             └─ not yet, not now ──► the server
 *   get, list, patch ───────────────────────────────► the server
 */
export class ViewedClient {
  /** As last heard: maybe older than what `get` answers. Correct answers don't rest on it: a write tests what it needs. */
  readonly seen: KubeReads;
  readonly #client: KubeClient;
  readonly #relistEveryMs: number;
  readonly #kept = new Map<string, Kept>();
  readonly #closing = new AbortController();

  constructor({ client, relistEveryMs }: ViewedOptions) {
    this.#client = client;
    this.#relistEveryMs = relistEveryMs;
    this.seen = {
      get: (path, options) => this.#seeOne(path, options),
      list: (path, query, urgency) => this.#seeAll(path, query, urgency),
    };
  }

  get(...asked: Parameters<KubeClient['get']>): Asking<KubeObject> {
    return this.#client.get(...asked);
  }

  list(...asked: Parameters<KubeClient['list']>): Asking<KubeList> {
    return this.#client.list(...asked);
  }

  patch(path: string, patch: Patch): Asking<KubeObject> {
    return this.#client.patch(path, patch);
  }

  /** Watches nothing any more. */
  close(): void {
    this.#closing.abort();
    for (const { view } of this.#kept.values()) view.close();
    this.#kept.clear();
  }

  async #seeOne(path: string, options: Parameters<KubeClient['get']>[1]): Asking<KubeObject> {
    const at = path.lastIndexOf('/');
    const [folder, name] = [path.slice(0, at), path.slice(at + 1)];
    const found = (await this.#objects(folder))?.find(({ metadata }) => metadata.name === name);
    // One that was not heard of may have been made just now.
    return found === undefined ? this.#client.get(path, options) : ok(found);
  }

  async #seeAll(path: string, query: Query = {}, urgency?: Parameters<KubeClient['list']>[2]): Asking<KubeList> {
    const isWanted = testOf(query);
    const objects = isWanted === null ? null : await this.#objects(path);
    if (objects === null || isWanted === null) return this.#client.list(path, query, urgency);
    return ok({ version: '', objects: objects.filter(isWanted) });
  }

  /** Null: not known. */
  async #objects(path: string): Promise<readonly KubeObject[] | null> {
    const kept = this.#kept.get(path) ?? this.#keep(path);
    await kept.first;
    const listed = kept.view.list(path);
    return listed.ok ? listed.value : null;
  }

  #keep(path: string): Kept {
    const view = new ClusterView({ client: this.#client, paths: [{ path }], relistEveryMs: this.#relistEveryMs });
    const heard = new Promise<void>((resolve) => view.onChange(() => resolve()));
    const kept = { view, first: Promise.race([heard, pause(firstListMs, this.#closing.signal)]) };
    if (this.#closing.signal.aborted) view.close();
    this.#kept.set(path, kept);
    return kept;
  }
}

type Test = (object: KubeObject) => boolean;

/** Of a list's query; null: it asks for more than equal labels. */
function testOf({ labelSelector = '', ...more }: Query): Test | null {
  if (Object.keys(more).length > 0) return null;
  const wanted = labelSelector.split(',').filter((part) => part !== '');
  const pairs = wanted.map((part) => /^([^=!<>() ]+)=([^=]*)$/.exec(part));
  if (pairs.includes(null)) return null;
  return ({ metadata: { labels = {} } }) => pairs.every((pair) => labels[pair?.[1] ?? ''] === pair?.[2]);
}
