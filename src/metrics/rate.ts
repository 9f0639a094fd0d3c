/** How fast a counter grows, read off raw samples: for plans and forecasts, never for a verdict. */
import type { Selector } from '../rules/sli.ts';
import { inArm, seriesTest } from './matching.ts';
import type { ArmMatch, Sample, Series } from './series.ts';
import { seriesKey, targetOf } from './series-key.ts';

/** Per second, summed over the arm's series that match; null: no series with two samples. A reset counts as no growth. */
export function growthPerSecond(series: readonly Series[], selector: Selector, arm: ArmMatch): number | null {
  const matches = seriesTest(selector);
  const own = series.filter((each) => matches(each) && inArm(arm, each.labels));
  const grown = [...Map.groupBy(own, (each) => `${targetOf(each.labels)} ${seriesKey(each, {})}`).values()].flatMap(
    (parts) => {
      const growth = growthOf(parts.flatMap(({ samples }) => samples));
      return growth === null ? [] : [growth];
    },
  );
  return grown.length === 0 ? null : grown.reduce((sum, each) => sum + each, 0);
}

function growthOf(samples: readonly Sample[]): number | null {
  const ordered = samples.filter(({ value }) => Number.isFinite(value)).toSorted((a, b) => a.atMs - b.atMs);
  const first = ordered[0];
  const last = ordered.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return null;
  return Math.max(0, ((last.value - first.value) * 1_000) / (last.atMs - first.atMs));
}
