/** How long a release waited for its instances, for each step of its plan. */
import type { LogEntry } from '../../release/log.ts';
import type { Recording } from '../../release/recording.ts';

/** In ms; empty: it came to no traffic. The first wait is from the release's own start; no wait was told: they were there. */
export function waitsOf({
  log,
  spans,
  startedAtMs,
}: Pick<Recording, 'log' | 'spans' | 'startedAtMs'>): readonly number[] {
  const firstMs = spans.find(({ weight }) => weight !== null && weight > 0)?.toMs;
  if (firstMs === undefined) return [];
  const later = log.filter(({ atMs }) => atMs - startedAtMs > firstMs);
  const rises = later.flatMap((entry, at) => (entry.data['decision'] === 'advance' ? [at] : []));
  return [firstMs, ...rises.map((from, n) => waitWithin(later.slice(from, rises[n + 1])))];
}

function waitWithin(log: readonly LogEntry[]): number {
  const decisions = log.filter(({ kind }) => kind === 'decision');
  const at = decisions.findIndex(({ reason }) => reason === 'StartingInstances');
  const [begun, ended] = [decisions[at], decisions[at + 1]];
  return begun === undefined || ended === undefined ? 0 : ended.atMs - begun.atMs;
}
