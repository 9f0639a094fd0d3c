/** Whether a trail is as it was written, as far as can be told. */
export interface TrailProof {
  readonly entries: number;
  /** Numbers; null: there is none. */
  readonly first: number | null;
  readonly last: number | null;
  /** Of the newest entry, to be kept elsewhere; null: this trail has no hashes. */
  readonly hash: string | null;
  /** What it rests on. */
  readonly how: string;
  /** A sentence each; empty: nothing was found. */
  readonly problems: readonly string[];
}
