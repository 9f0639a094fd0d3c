/** Every share that haproxy processes really carried, in order, as their runtime APIs tell it again and again. */
import type { AtEnd } from './at-end.ts';
import { type TestHaproxy, weightsIn } from './haproxy.ts';
import type { WeightSpan } from './proxy-log.ts';

const everyMs = 10;

/** Spans of a share that all of them carried, beginning with 0; those that do not answer are not asked for their opinion. */
export function watchShares(haproxies: readonly TestHaproxy[], atEnd: AtEnd): () => readonly WeightSpan[] {
  const changes: { canary: number; fromMs: number }[] = [{ canary: 0, fromMs: Date.now() }];
  let over = false;
  const look = async (): Promise<void> => {
    const shares = await Promise.all(haproxies.map((each) => weightsIn(each).then(shareIn, () => null)));
    const [share, ...others] = [...new Set(shares.filter((each) => each !== null))];
    if (share !== undefined && others.length === 0 && share !== changes.at(-1)?.canary)
      changes.push({ canary: share, fromMs: Date.now() });
    if (!over) setTimeout(() => void look(), everyMs);
  };
  void look();
  atEnd(() => {
    over = true;
  });
  return () => changes.map((each, at) => ({ ...each, toMs: changes[at + 1]?.fromMs ?? Number.POSITIVE_INFINITY }));
}

/** Percent; null: nobody gets anything. */
function shareIn(weights: Readonly<Record<string, number>>): number | null {
  const sum = (version: string): number =>
    Object.entries(weights).reduce((total, [name, weight]) => total + (name.startsWith(version) ? weight : 0), 0);
  const total = sum('canary') + sum('stable');
  return total === 0 ? null : (100 * sum('canary')) / total;
}
