/** What lies at several paths of the API, as last heard: watched, and corrected by what a write of ours was answered. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { KubeClient, Query } from './client.ts';
import { HeardObjects } from './heard-objects.ts';
import type { KubeObject } from './object.ts';
import { type KubeProblem, kubeProblem } from './problem.ts';
import { type WatchNews, watch } from './watch.ts';

export interface ViewedPath {
  /** Of the collection. */
  readonly path: string;
  readonly query?: Query;
}

export interface ViewOptions {
  readonly client: KubeClient;
  readonly paths: readonly ViewedPath[];
  readonly relistEveryMs: number;
}

/** Where something changed, and what; null: anything there. */
export type ViewListener = (path: string, object: KubeObject | null) => void;

interface Collection {
  readonly heard: HeardObjects;
  /** Why it may be out of date; null: it is not. */
  problem: KubeProblem | null;
}

/** Failures in a row that a view outlives: a watch is cut now and then, and taken up again in no time. */
const failuresBorne = 3;

export class ClusterView {
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Set<ViewListener>();
  readonly #ends: readonly (() => void)[];

  constructor({ client, paths, relistEveryMs }: ViewOptions) {
    for (const { path } of paths) this.#collections.set(path, { heard: new HeardObjects(), problem: null });
    this.#ends = paths.map(({ path, query = {} }) => {
      const watching = watch({ client, path, query, relistEveryMs }).subscribe((news) => this.#hear(path, news));
      return () => watching.unsubscribe();
    });
  }

  /** All that lies at the path; `Unreachable` while that can't be told. */
  list(path: string): Result<readonly KubeObject[], KubeProblem> {
    const collection = this.#collections.get(path);
    if (collection === undefined || !collection.heard.isListed)
      return failed(collection?.problem ?? kubeProblem('Unreachable', `${path} was not listed yet`));
    return collection.problem === null ? ok(collection.heard.all()) : failed(collection.problem);
  }

  /** The answer of a write: what was heard later stays. */
  learn(path: string, object: KubeObject): void {
    if (this.#collections.get(path)?.heard.learn(object) === true) this.#tell(path, object);
  }

  /** Calls the listener after every change; answers how to end that. */
  onChange(listener: ViewListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#listeners.clear();
  }

  #hear(path: string, news: WatchNews): void {
    const collection = this.#collections.get(path);
    if (collection === undefined) return;
    if (news.kind === 'troubled') {
      if (news.failures >= failuresBorne || !collection.heard.isListed) collection.problem = news.problem;
      return;
    }
    collection.problem = null;
    if (news.kind === 'alive' || !collection.heard.take(news)) return;
    this.#tell(path, news.kind === 'listed' ? null : news.object);
  }

  #tell(path: string, object: KubeObject | null): void {
    for (const listener of this.#listeners) listener(path, object);
  }
}
