/** A policy as lists tell of it: what it serves, what is frozen, and whether it can be used. */

export interface PolicySummary {
  readonly name: string;
  readonly namespace: string;
  readonly file: string;
  readonly stable: string | null;
  readonly previous: string | null;
  readonly frozen: readonly string[];
  /** What is wrong with its files now, if anything: no new release starts before it is mended. */
  readonly problem: string | null;
}
