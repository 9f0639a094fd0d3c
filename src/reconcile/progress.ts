/** What one look at a release came to: is there more to do at once, and is it over. */
import { backOff } from '../lib/back-off.ts';

export interface Progress {
  readonly release: string;
  /** Look again after this, if nothing else makes one look before. */
  readonly againMs: number;
  readonly ended: boolean;
}

/** How long a release is left alone at most, however silent its metrics are. */
export const longestRestMs = 1_000;

/** Answers come by themselves each `intervalMs`, and each makes one look: rest a little longer than that. */
export const restMs = (intervalMs: number): number => Math.max(longestRestMs, 1.5 * intervalMs);

/** Retried in milliseconds, then with back-off, for ever. `failures`: in a row, from 1. */
export const backOffMs = (failures: number): number => backOff(failures, { firstMs: 10, longestMs: 1_000 });
