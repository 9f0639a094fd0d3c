/** Follows all objects of a path: lists them, watches from there on, and begins again whenever the watch ends. */
import { pause } from '../pause.ts';
import type { Api, KubeObject } from './api.ts';

export interface Follower<T> {
  /** All there are, after each list; what is not among them is gone. */
  listed(objects: readonly T[]): void;
  changed(object: T): void;
  gone(object: T): void;
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

const retryMs = 200;

/** Ends when the signal says so; the API server may be away for as long as it likes. */
export async function follow<T extends KubeObject>(
  api: Api,
  path: string,
  { follower, signal }: { readonly follower: Follower<T>; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { items, metadata } = await api.list<T>(path);
      follower.listed(items);
      await watchFrom(metadata.resourceVersion);
    } catch {
      // A server that is away, a watch that was cut, a version that is too old: all mean to list again.
    }
    await pause(retryMs, signal);
  }

  async function watchFrom(version: string): Promise<void> {
    const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${version}`;
    for await (const line of api.lines(`${path}?${query}`, signal)) {
      const { type, object } = JSON.parse(line) as WatchEvent<T>;
      if (type === 'ERROR') return;
      if (type === 'DELETED') follower.gone(object);
      else if (type !== 'BOOKMARK') follower.changed(object);
    }
  }
}
