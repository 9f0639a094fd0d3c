/**
 * Follows releases that are over, for as long as there is something to be seen of each; nobody waits for it.
 *
 *   saved ──is there something to follow?──► followed, once ──► done, or a later one ends it
 *              └── a restart: the newest two are taken up
 */
import { problemOf } from '../lib/result.ts';
import type { Ports } from '../reconcile/ports.ts';
import type { Release } from '../release/release.ts';

/** What whoever follows is told, and tells. */
export interface Hand {
  /** Aborted with why another release ends it, or with null: the controller stops. */
  readonly over: AbortSignal;
  readonly trouble: (message: string) => void;
}

export interface Following {
  /** As its troubles are called. */
  readonly name: string;
  /** Asked again with each save of the release. */
  isDue(release: Release): boolean;
  follow(release: Release, hand: Hand): Promise<void>;
  /** Why a release that is followed ends with this one; null: it goes on. Left out: it always does. */
  readonly endedBy?: (followed: Release, by: Release) => string | null;
}

export const isNewer = (release: Release, than: Release): boolean =>
  release.id !== than.id && release.startedAtMs > than.startedAtMs;

interface Followed {
  readonly release: Release;
  readonly over: AbortController;
}

/** Of one policy. */
export class Follower {
  readonly #around: Pick<Ports, 'store' | 'tell'>;
  readonly #following: Following;
  readonly #followed = new Map<string, Followed>();
  #isClosed = false;

  constructor(around: Pick<Ports, 'store' | 'tell'>, following: Following) {
    this.#around = around;
    this.#following = following;
  }

  /** Tells, and hears of what is saved; what an earlier controller followed is taken up. */
  listening(policy: string, tell: Ports['tell']): Ports['tell'] {
    void this.#resume(policy);
    return (happening) => {
      tell(happening);
      if (happening.kind === 'saved') this.saved(happening.release);
    };
  }

  /** Returns at once. */
  saved(release: Release): void {
    const { endedBy, name } = this.#following;
    for (const { over, release: before } of this.#followed.values()) {
      const why = endedBy?.(before, release) ?? null;
      if (why !== null) over.abort(why);
    }
    if (this.#isClosed || this.#followed.has(release.id) || !this.#following.isDue(release)) return;
    // A later one is followed by now: what ended this one still holds.
    if ([...this.#followed.values()].some(({ release: other }) => (endedBy?.(release, other) ?? null) !== null)) return;
    const { id, policy } = release;
    const trouble = (message: string): void =>
      this.#around.tell({ kind: 'troubled', release: id, policy, reason: name, message });
    const over = new AbortController();
    this.#followed.set(id, { release, over });
    void this.#following
      .follow(release, { over: over.signal, trouble })
      .catch((thrown: unknown) => trouble(problemOf(thrown).message))
      .finally(() => this.#followed.delete(id));
  }

  close(): void {
    this.#isClosed = true;
    for (const { over } of this.#followed.values()) over.abort(null);
  }

  /** The newest may have begun while nobody looked at the one before. */
  async #resume(policy: string): Promise<void> {
    const newest = await this.#around.store.releases({ policy, limit: 2 });
    for (const release of newest.ok ? newest.value.toReversed() : []) this.saved(release);
  }
}
