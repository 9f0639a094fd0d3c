/** What a release did while its metrics did not answer: folded from every state that it was seen in. Pure. */
import type { Release } from '../../release/release.ts';

export interface OutageSeen {
  /** From the first look that saw nothing to the first that saw again, epoch ms; null: still dark. */
  readonly fromMs: number;
  readonly untilMs: number | null;
  /** Weights that were desired meanwhile, each once. */
  readonly weights: readonly number[];
  /** Bake that the step had earned when it began, and has earned at the last dark look. */
  readonly bakedBeforeMs: number;
  readonly bakedAfterMs: number;
  /** It was paused for blindness. */
  readonly paused: boolean;
}

/** The outages so far, with one more look at the release. */
export const withLook = (outages: readonly OutageSeen[], release: Release): readonly OutageSeen[] => {
  const last = outages.at(-1);
  const isDark = release.sight.blindSinceMs !== null;
  if (last === undefined || last.untilMs !== null) return isDark ? [...outages, beginning(release)] : outages;
  const next = isDark ? darker(last, release) : { ...last, untilMs: release.updatedAtMs };
  return [...outages.slice(0, -1), next];
};

export const darkMs = ({ fromMs, untilMs }: OutageSeen): number => (untilMs ?? fromMs) - fromMs;

/** The one that mattered; a scrape that a busy machine was late for is none. */
export const longestOutage = (outages: readonly OutageSeen[]): OutageSeen | null =>
  outages.toSorted((a, b) => darkMs(b) - darkMs(a))[0] ?? null;

const beginning = (release: Release): OutageSeen => ({
  fromMs: release.sight.blindSinceMs ?? release.updatedAtMs,
  untilMs: null,
  weights: [release.weight.desired],
  bakedBeforeMs: bakedMs(release),
  bakedAfterMs: bakedMs(release),
  paused: isPaused(release),
});

const darker = (outage: OutageSeen, release: Release): OutageSeen => ({
  ...outage,
  weights: [...new Set([...outage.weights, release.weight.desired])],
  bakedAfterMs: bakedMs(release),
  paused: outage.paused || isPaused(release),
});

const bakedMs = ({ phase }: Release): number => ('bakedMs' in phase ? phase.bakedMs : 0);

const isPaused = ({ pauses }: Release): boolean => pauses.some(({ by }) => by === 'blind');
