/** What the exit codes of `sluice` mean; scripts rely on them. */
export const exitCodes = {
  ok: 0,
  /** Rolled back, or failed. */
  notDelivered: 1,
  /** A scenario went another way than it expects. */
  notAsExpected: 1,
  /** Something stands in the way of a release. */
  notReady: 1,
  timedOut: 2,
  /** Wrong usage, or something could not be read, written or reached. */
  trouble: 3,
  needsPerson: 4,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
