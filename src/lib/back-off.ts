/** How long to wait before another try: twice as long after each failure in a row, up to a limit. */

export interface BackOff {
  /** After the first failure. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Milliseconds. `failures`: in a row, from 1. */
export const backOff = (failures: number, { firstMs, longestMs }: BackOff): number =>
  Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1));
