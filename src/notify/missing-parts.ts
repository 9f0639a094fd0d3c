/**
 * One page for each process of a data plane that stays away, release or none; resolved when it answers again.
 *
 *     there ──does not answer──► away ──pageAfterMs──► paged ──answers──► resolved
 */
import type { Notice } from './message.ts';

export interface MissingPart {
  readonly name: string;
  /** What was tried, why it failed, and what to look at. */
  readonly message: string;
}

export interface Looked {
  readonly policy: string;
  /** All that do not answer now. */
  readonly missing: readonly MissingPart[];
  /** Epoch milliseconds. */
  readonly atMs: number;
}

interface Away {
  readonly sinceMs: number;
  page: Notice | null;
}

/** A restart is over by then. */
const pageAfterMs = 10_000;

export class MissingParts {
  /** By the notice's key. */
  readonly #away = new Map<string, Away>();

  /** What is to be told after a look at a policy's data plane. `nowMs`: never jumping. */
  looked(look: Looked, nowMs: number): readonly Notice[] {
    return [...this.#back(look), ...look.missing.flatMap((part) => this.#paged(part, look, nowMs))];
  }

  #paged(part: MissingPart, { policy, atMs }: Looked, nowMs: number): readonly Notice[] {
    const key = keyOf(policy, part.name);
    const away = this.#away.get(key) ?? { sinceMs: nowMs, page: null };
    this.#away.set(key, away);
    if (away.page !== null || nowMs - away.sinceMs < pageAfterMs) return [];
    const seconds = Math.round((nowMs - away.sinceMs) / 1_000);
    const text = `${part.message}; for ${seconds} s now. Nothing is raised without it, and what is taken back is taken back in the others. Start it again, or take it out of the policy if it is gone for good.`;
    away.page = {
      ...{ urgency: 'page', reason: 'RouterMissing', title: `${policy}: RouterMissing`, text },
      ...{ id: `${key}/${atMs}/page`, dedupKey: key, atMs, policy, revision: '', state: '' },
      ...{ releases: [], contacts: [], links: [] },
      data: { part: part.name },
    };
    return [away.page];
  }

  #back({ policy, missing, atMs }: Looked): readonly Notice[] {
    const still = new Set(missing.map(({ name }) => keyOf(policy, name)));
    const back = [...this.#away].filter(([key]) => key.startsWith(keyOf(policy, '')) && !still.has(key));
    return back.flatMap(([key, { page }]) => {
      this.#away.delete(key);
      return page === null
        ? []
        : [{ ...page, id: `${key}/${atMs}/resolve`, urgency: 'resolve', atMs, text: 'it answers again' } as const];
    });
  }
}

const keyOf = (policy: string, part: string): string => `sluice/router/${policy}/${part}`;
