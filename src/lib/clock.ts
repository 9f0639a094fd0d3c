/** Where time comes from: the shell reads a clock and hands numbers to the pure core. */

export interface Clock {
  /** Wall time in epoch milliseconds: for records, and for comparing with the times of samples. May jump. */
  wallMs(): number;
  /** Milliseconds since an arbitrary start, never jumping: for everything that is measured or earned. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
