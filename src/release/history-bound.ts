/** How many of a policy's ended releases are kept, and for how long: the deployment log, and what trends are taken from. */

/** So many may be kept: what a policy remembers of each has to fit into one object of a cluster. */
export const mostKept = 250;

export interface HistoryBound {
  /** Ended releases of a policy. */
  readonly keep?: number;
  /** Since its end, counted whenever a release of the policy ends; left out: for ever. */
  readonly keepForMs?: number;
}

/** Those that go. `ended`: newest first; the newest stays, for what comes next begins with it. */
export const toForget = <T extends { readonly endedAtMs: number }>(
  ended: readonly T[],
  { keep = Number.POSITIVE_INFINITY, keepForMs = Number.POSITIVE_INFINITY }: HistoryBound,
): readonly T[] => {
  const [newest] = ended;
  return ended.filter(
    ({ endedAtMs }, at) => at > 0 && (at >= keep || (newest?.endedAtMs ?? endedAtMs) - endedAtMs > keepForMs),
  );
};
