/** Past releases by a marker: a series that begins, comes back or changes its value where something was deployed. */
import type { Series } from '../../metrics/series.ts';
import type { FoundRelease } from './found-release.ts';

export interface MarkerOptions {
  /** Label of the marker that names the version, where it has one. */
  readonly versionLabel: string;
  readonly stepMs: number;
  readonly fromMs: number;
}

/** Evaluated at regular steps; what is there at the first step tells of no deployment. */
export function findByMarker(series: readonly Series[], options: MarkerOptions): readonly FoundRelease[] {
  const moments = series.flatMap((each) =>
    changesOf(each, options).map((atMs) => ({ atMs, version: each.labels[options.versionLabel] ?? '' })),
  );
  const named = new Map(moments.map(({ atMs, version }) => [`${atMs} ${version}`, { atMs, version }]));
  return [...named.values()].sort((a, b) => a.atMs - b.atMs).map(({ atMs, version }) => releaseAt(atMs, version));
}

function changesOf({ samples }: Series, { stepMs, fromMs }: MarkerOptions): readonly number[] {
  return samples.flatMap(({ atMs, value }, at) => {
    const before = samples[at - 1];
    if (before === undefined) return atMs <= fromMs + stepMs ? [] : [atMs];
    const isNew = before.value !== value || atMs - before.atMs > 5 * stepMs;
    return isNew ? [atMs] : [];
  });
}

const releaseAt = (atMs: number, version: string): FoundRelease => ({
  version,
  stable: null,
  startMs: atMs,
  endMs: atMs,
  ending: 'unknown',
  foundBy: ['annotation'],
  weights: [],
  recorded: null,
});
