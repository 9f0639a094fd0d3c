/** How widely bad events scatter over windows of one length: sums from which their variance over their mean follows. */

export interface Spread {
  /** Windows, events and bad events in them. */
  readonly windows: number;
  readonly events: number;
  readonly bad: number;
  /** Sums over the windows of bad squared, bad times events, and events squared. */
  readonly bad2: number;
  readonly cross: number;
  readonly events2: number;
}

/**
 * Variance over mean of the bad events, given how many events each window had; below 1: more even than chance. Null: two windows
 * and one bad event are the least that says anything.
 */
export const dispersionOf = ({ windows, events, bad, bad2, cross, events2 }: Spread): number | null => {
  if (windows < 2 || bad <= 0) return null;
  const p = bad / events;
  const squares = Math.max(0, bad2 - 2 * p * cross + p * p * events2);
  return (squares / bad) * (windows / (windows - 1));
};
