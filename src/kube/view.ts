/** What lies at several paths of the API, as last heard: watched, and corrected by what a write of ours was answered. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { KubeClient, Query } from './client.ts';
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
  objects: Map<string, KubeObject>;
  isListed: boolean;
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
    for (const { path } of paths) this.#collections.set(path, { objects: new Map(), isListed: false, problem: null });
    this.#ends = paths.map(({ path, query = {} }) => {
      const watching = watch({ client, path, query, relistEveryMs }).subscribe((news) => this.#hear(path, news));
      return () => watching.unsubscribe();
    });
  }

  /** All that lies at the path; `Unreachable` while that can't be told. */
  list(path: string): Result<readonly KubeObject[], KubeProblem> {
    const collection = this.#collections.get(path);
    if (collection === undefined || !collection.isListed)
      return failed(collection?.problem ?? kubeProblem('Unreachable', `${path} was not listed yet`));
    return collection.problem === null ? ok([...collection.objects.values()]) : failed(collection.problem);
  }

  /** The answer of a write: what was heard later stays. */
  learn(path: string, object: KubeObject): void {
    const objects = this.#collections.get(path)?.objects;
    if (objects === undefined || !isNewer(object, objects.get(object.metadata.name))) return;
    objects.set(object.metadata.name, object);
    this.#tell(path, object);
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
      if (news.failures >= failuresBorne || !collection.isListed) collection.problem = news.problem;
      return;
    }
    collection.problem = null;
    if (news.kind === 'alive' || !take(collection, news)) return;
    this.#tell(path, news.kind === 'listed' ? null : news.object);
  }

  #tell(path: string, object: KubeObject | null): void {
    for (const listener of this.#listeners) listener(path, object);
  }
}

/** Whether anything changed by it. */
function take(collection: Collection, news: Exclude<WatchNews, { readonly kind: 'alive' | 'troubled' }>): boolean {
  const { objects } = collection;
  if (news.kind === 'listed') {
    const wasSame =
      collection.isListed &&
      news.objects.length === objects.size &&
      news.objects.every(
        ({ metadata: { name, resourceVersion } }) => objects.get(name)?.metadata.resourceVersion === resourceVersion,
      );
    collection.objects = new Map(news.objects.map((object) => [object.metadata.name, object]));
    collection.isListed = true;
    return !wasSame;
  }
  const { name, uid } = news.object.metadata;
  if (news.kind === 'deleted') return objects.get(name)?.metadata.uid === uid && objects.delete(name);
  if (!isNewer(news.object, objects.get(name))) return false;
  objects.set(name, news.object);
  return true;
}

/** Versions are numbers that rise, whatever else the API says of them: so does the election count on. */
const isNewer = (object: KubeObject, known: KubeObject | undefined): boolean =>
  known === undefined || Number(object.metadata.resourceVersion) > Number(known.metadata.resourceVersion);
