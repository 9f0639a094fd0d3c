/** What several traces tell of one release, put together: our own metrics know most, a marker least. */
import type { FoundRelease, Trace } from './found-release.ts';

/** A marker stands at the deployment, which may come well before the first request, and a scrape after it. */
const markerNearMs = 1_800_000;

/** Two traces of one release begin about as far apart as their points are. */
const nearMs = 600_000;

export function mergeFound(all: readonly FoundRelease[]): readonly FoundRelease[] {
  const merged: FoundRelease[] = [];
  for (const each of all.toSorted((a, b) => rankOf(a) - rankOf(b) || a.startMs - b.startMs)) {
    const at = merged.findIndex((known) => isSame(known, each));
    const known = merged[at];
    if (known === undefined) merged.push(each);
    else merged[at] = { ...known, foundBy: [...new Set<Trace>([...known.foundBy, ...each.foundBy])] };
  }
  return merged.sort((a, b) => a.startMs - b.startMs);
}

const ranks: Readonly<Record<Trace, number>> = { 'own-metrics': 0, 'version-label': 1, annotation: 2 };

const rankOf = ({ foundBy }: FoundRelease): number => Math.min(...foundBy.map((trace) => ranks[trace]));

function isSame(known: FoundRelease, other: FoundRelease): boolean {
  if (other.version !== '' && known.version !== other.version) return false;
  const apartMs = Math.abs(known.startMs - other.startMs);
  if (other.foundBy.includes('annotation')) return apartMs <= markerNearMs && !known.foundBy.includes('annotation');
  const overlap = known.startMs <= other.endMs && other.startMs <= known.endMs;
  return overlap || apartMs <= nearMs;
}
