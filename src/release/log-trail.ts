/** A trail where the store keeps none: what the logs of its releases say, as long as they are kept, and what was recorded since the start. */
import { ok, type Result } from '../lib/result.ts';
import type { Store } from './store.ts';
import {
  entryOf,
  isOfTrail,
  mostTrail,
  type Recorded,
  type Trail,
  type TrailEntry,
  type TrailFilter,
} from './trail.ts';
import type { TrailProof } from './trail-proof.ts';

/** Recorded entries that are kept in memory. */
const mostRecorded = 1_000;

export class LogTrail implements Trail {
  readonly #store: Pick<Store, 'log' | 'releases'>;
  #recorded: readonly Recorded[] = [];

  constructor(store: Pick<Store, 'log' | 'releases'>) {
    this.#store = store;
  }

  async record(entry: Recorded): Promise<Result<void>> {
    this.#recorded = [...this.#recorded, entry].slice(-mostRecorded);
    return ok(undefined);
  }

  async trail(filter: TrailFilter): Promise<Result<readonly TrailEntry[]>> {
    const { before = Number.POSITIVE_INFINITY, limit, policy, release, sinceMs = 0, what } = filter;
    const releases = await this.#store.releases(policy === undefined ? {} : { policy });
    if (!releases.ok) return releases;
    const entries: Omit<TrailEntry, 'number'>[] =
      release === undefined ? this.#recorded.map((entry) => ({ ...entry, release: null })) : [];
    for (const { id, policy: of, revision } of releases.value) {
      if (release !== undefined && id !== release) continue;
      const log = await this.#store.log(id, mostTrail);
      if (!log.ok) return log;
      const told = log.value.filter(isOfTrail);
      entries.push(...told.map((entry) => entryOf({ number: 0, policy: of, release: id, revision, entry })));
    }
    const wanted = entries.filter(
      (entry) =>
        entry.atMs >= sinceMs &&
        (policy === undefined || entry.policy === policy) &&
        (what === undefined || entry.what === what),
    );
    const sorted = wanted.toSorted((a, b) => a.atMs - b.atMs).map((entry, index) => ({ ...entry, number: index + 1 }));
    return ok(sorted.filter(({ number }) => number < before).slice(-limit));
  }

  async verify(): Promise<Result<TrailProof>> {
    const all = await this.trail({ limit: mostTrail });
    if (!all.ok) return all;
    const how = 'nothing seals it: it is what the logs of the kept releases say';
    return ok({ entries: all.value.length, first: null, last: null, hash: null, how, problems: [] });
  }
}
