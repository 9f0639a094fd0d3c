/** What the one writer of a store's releases knows of them without asking: those that are under way, and the newest of each policy. */
import { isOver } from './phase.ts';
import type { Release } from './release.ts';

interface Known {
  /** Newest first. */
  readonly active: readonly Release[];
  /** By policy. */
  readonly newest: ReadonlyMap<string, Release>;
  readonly atMs: number;
}

export interface ReleaseQuestion {
  readonly policy?: string | undefined;
  readonly active?: boolean | undefined;
  readonly limit?: number | undefined;
}

/** Others only delete releases: so long may that stay unnoticed. */
const validMs = 300_000;

export class KnownReleases {
  #known: Known | null = null;
  /** Grows with every write: a list that was on its way meanwhile is not the newest word. */
  #writes = 0;

  get writes(): number {
    return this.#writes;
  }

  /** All there are, newest first, as a list told that began after so many writes. */
  listed(all: readonly Release[], writes: number, nowMs: number): void {
    if (writes !== this.#writes) return;
    const newest = new Map<string, Release>();
    for (const release of all) if (!newest.has(release.policy)) newest.set(release.policy, release);
    this.#known = { active: all.filter((release) => !isOver(release)), newest, atMs: nowMs };
  }

  saved(release: Release): void {
    this.#writes++;
    if (this.#known === null) return;
    const { active, atMs, newest } = this.#known;
    const { id, policy } = release;
    const isKnown = active.some((each) => each.id === id);
    // One that is over is told of long after, too: that makes it no newer.
    const isNew = !isKnown && !isOver(release) && newest.get(policy)?.id !== id;
    const changed = isKnown ? active.map((each) => (each.id === id ? release : each)) : [release, ...active];
    this.#known = {
      active: changed.filter((each) => !isOver(each)),
      newest: isNew || newest.get(policy)?.id === id ? new Map(newest).set(policy, release) : newest,
      atMs,
    };
  }

  /** A release as it was read by itself. What a dead leader asked for may land after the list: then that is not the newest word. */
  found({ id, version }: Pick<Release, 'id' | 'version'>): void {
    const known = this.#known?.active.find((release) => release.id === id);
    if (known !== undefined && known.version < version) this.doubt();
  }

  /** Something else is there than was thought: the next question is asked. */
  doubt(): void {
    this.#writes++;
    this.#known = null;
  }

  /** null: not known. */
  answer({ active, limit, policy }: ReleaseQuestion, nowMs: number): readonly Release[] | null {
    const known = this.#known;
    if (known === null || nowMs - known.atMs >= validMs) return null;
    if (active === true)
      return known.active.filter((release) => policy === undefined || release.policy === policy).slice(0, limit);
    if (active !== undefined || policy === undefined || limit !== 1) return null;
    const newest = known.newest.get(policy);
    return newest === undefined ? [] : [newest];
  }
}
