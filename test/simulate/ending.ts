/** How one simulated run ended, and figures over many runs. */

export interface Ending {
  readonly kind: 'convicted' | 'promoted' | 'open';
  /** Minutes since the start, or since the onset where there is one. */
  readonly minutes: number;
}

export const open: Ending = { kind: 'open', minutes: Number.POSITIVE_INFINITY };
export const convictedAt = (minutes: number): Ending => ({ kind: 'convicted', minutes });

export const share = (
  endings: readonly Ending[],
  kind: Ending['kind'],
  withinMinutes = Number.POSITIVE_INFINITY,
): number =>
  endings.filter((ending) => ending.kind === kind && ending.minutes <= withinMinutes).length / endings.length;

/** Quantile of the time to conviction over all runs; runs that were not convicted count as never. */
export const convictedBy = (endings: readonly Ending[], quantile: number): number => {
  const times = endings.map(({ kind, minutes }) => (kind === 'convicted' ? minutes : Number.POSITIVE_INFINITY));
  times.sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.ceil(quantile * times.length) - 1)] as number;
};
