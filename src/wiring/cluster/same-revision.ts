/** Revisions that are others by name alone: a server, or a Sluice, of another version makes something else of the same template. */
import { ok, type Result } from '../../lib/result.ts';
import type { PolicyState } from '../../release/store.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';
import type { KubernetesTarget } from '../../workload/kubernetes-target.ts';

/** What is still asked for after a rollback was taken back last. */
const newestFrozen = 3;

interface Among {
  /** Revision that is being released, and does not make way. */
  readonly running: string | null;
  readonly state: PolicyState;
  readonly target: Pick<KubernetesTarget, 'isSame'>;
}

export class SameRevision {
  /** What was found for a name; null: nothing known is the same. */
  readonly #found = new Map<string, string | null>();

  /** The name by which it is known. */
  known(revision: string): string {
    return this.#found.get(revision) ?? revision;
  }

  /** Whether it is what is being released, stable, or what was taken back lately, under another name; the server is asked once for each name. */
  async find(wish: Wish, { running, state, target }: Among): Promise<Result<boolean>> {
    const names = [running, state.stable, ...state.frozen.slice(-newestFrozen).toReversed()];
    const before = this.#found.get(wish.revision);
    if (before !== undefined) return ok(this.#note(wish, before !== null && names.includes(before) ? before : null));
    for (const name of new Set(names)) {
      const kept = name === null ? undefined : state.revisions[name];
      if (name === null || kept?.kind !== 'pods') continue;
      const same = await target.isSame(wish, name, kept);
      if (!same.ok) return same;
      if (same.value) return ok(this.#note(wish, name));
    }
    return ok(this.#note(wish, null));
  }

  #note({ revision }: Wish, found: string | null): boolean {
    this.#found.set(revision, found);
    return found !== null;
  }
}
