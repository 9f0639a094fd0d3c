/** The weights of a past release, deduced from the canary's observed share of the traffic. */
import type { Stretch } from './found-release.ts';

export interface SharePoint {
  readonly atMs: number;
  /** Canary requests over all, 0 to 1, in the time since the point before. */
  readonly share: number;
  /** Of both versions in that time. */
  readonly requests: number;
}

export interface WeightOptions {
  readonly startMs: number;
  readonly stepMs: number;
  /** Canary percents of the plan. */
  readonly steps: readonly number[];
}

/**
 * Percentage points that a share may be off: rates of pods that are scraped at different moments wobble by a few, and chance
 * adds three sigma of that many requests. A raise is more than that.
 */
const toleranceOf = (percent: number, requests: number): number => {
  const share = percent / 100;
  const wobble = Math.min(5, Math.max(2, percent / 5));
  return Math.max(wobble, 300 * Math.sqrt((share * (1 - share)) / Math.max(1, requests)));
};

const closeTo = ({ share, requests }: SharePoint, percent: number): boolean =>
  Math.abs(share * 100 - percent) <= toleranceOf(percent, requests);

/** A share that is one of the plan's steps is that step; any other is taken as it was seen. */
export function weightsFrom(points: readonly SharePoint[], options: WeightOptions): readonly Stretch[] {
  const raw = points.reduce<readonly Run[]>((runs, point) => withPoint(runs, point, options.steps), []);
  const [first, ...others] = withoutMoments(raw);
  if (first === undefined) return [];
  const { startMs, stepMs } = options;
  return [
    { fromMs: startMs, percent: first.percent, told: first.told },
    ...others.map(({ fromMs, percent, told }) => ({ fromMs: fromMs - stepMs, percent, told })),
  ];
}

const nearestOf = (steps: readonly number[], percent: number): number | undefined =>
  steps.toSorted((a, b) => Math.abs(a - percent) - Math.abs(b - percent))[0];

interface Run extends Stretch {
  readonly points: number;
}

function withPoint(runs: readonly Run[], point: SharePoint, steps: readonly number[]): readonly Run[] {
  const last = runs.at(-1);
  if (last !== undefined && closeTo(point, last.percent))
    return [...runs.slice(0, -1), { ...last, points: last.points + 1 }];
  const near = nearestOf(steps, point.share * 100);
  const step = near !== undefined && closeTo(point, near) ? near : undefined;
  const percent = step ?? Math.min(99, Math.max(1, Math.round(point.share * 100)));
  return [...runs, { fromMs: point.atMs, percent, told: step === undefined ? 'seen' : 'plan', points: 1 }];
}

/** One point between two weights holds requests of both: the weight was on its way to the later one. */
function withoutMoments(runs: readonly Run[]): readonly Run[] {
  return runs.flatMap((run, at) => {
    const before = runs[at - 1];
    if (run.told === 'seen' && run.points === 1 && runs[at + 1]?.told === 'plan') return [];
    if (before?.told === 'seen' && before.points === 1 && run.told === 'plan')
      return [{ ...run, fromMs: before.fromMs }];
    return [run];
  });
}
