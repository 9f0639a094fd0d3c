/**
 * One page for a metric source that does not answer, however many releases it blinds; resolved when the last of them sees again.
 *
 *     seeing ──first release blind──► gathering ──gatherMs──► paged, naming them ──last sees again──► resolved
 */
import type { LogEntry } from '../release/log.ts';
import { isOver } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import { type Notice, sourceKey } from './message.ts';

interface BlindSource {
  readonly first: Notice;
  readonly releases: Set<string>;
  readonly sinceMs: number;
  isPaged: boolean;
}

/** Releases that go blind within this are named in one page. */
const gatherMs = 2_000;

export class BlindSources {
  readonly #sources = new Map<string, BlindSource>();

  /** Takes a page about a source, to be sent by `due`. */
  add(notice: Notice, nowMs: number): void {
    const known = this.#sources.get(notice.dedupKey);
    if (known === undefined)
      this.#sources.set(notice.dedupKey, {
        first: notice,
        releases: new Set(notice.releases),
        sinceMs: nowMs,
        isPaged: false,
      });
    else for (const id of notice.releases) known.releases.add(id);
  }

  /** Releases that see again, or have ended: answers what is resolved by that. */
  seesAgain(release: Release, log: readonly LogEntry[]): readonly Notice[] {
    if (!isOver(release) && !log.some(({ reason }) => reason === 'SightReturned')) return [];
    const resolved: Notice[] = [];
    for (const [key, source] of this.#sources) {
      if (!source.releases.delete(release.id) || source.releases.size > 0) continue;
      this.#sources.delete(key);
      const atMs = log.at(-1)?.atMs ?? source.first.atMs;
      if (source.isPaged) resolved.push(answersAgain(source.first, atMs));
    }
    return resolved;
  }

  /** Pages that have gathered their releases by now. */
  due(nowMs: number): readonly Notice[] {
    return [...this.#sources.values()].flatMap((source) => {
      if (source.isPaged || nowMs - source.sinceMs < gatherMs) return [];
      source.isPaged = true;
      return [named(source)];
    });
  }

  /** Milliseconds until `due` has something; null: nothing waits. */
  dueInMs(nowMs: number): number | null {
    const waiting = [...this.#sources.values()].filter(({ isPaged }) => !isPaged);
    if (waiting.length === 0) return null;
    return Math.max(0, Math.min(...waiting.map(({ sinceMs }) => sinceMs + gatherMs - nowMs)));
  }
}

const answersAgain = (first: Notice, atMs: number): Notice => ({
  ...first,
  id: `${first.dedupKey}/${atMs}/resolve`,
  urgency: 'resolve',
  atMs,
  text: 'it answers again',
});

const named = ({ first, releases }: BlindSource): Notice => {
  const source = first.dedupKey.slice(sourceKey('').length);
  const ids = [...releases].toSorted();
  return {
    ...first,
    title: `${source}: ${first.reason}`,
    text: `${first.text} (blind: ${ids.join(', ')})`,
    releases: ids,
  };
};
