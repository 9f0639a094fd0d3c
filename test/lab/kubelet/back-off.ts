/** How long a container that ended waits for its next start: longer each time, and short again after it ran well. */

export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** Having run for so long, it begins anew. */
  readonly forgivenMs: number;
}

/** Kubernetes waits 10 s, 20 s ... 5 min; the lab's time is shorter. */
export const labBackOff: BackOff = { firstMs: 1_000, longestMs: 10_000, forgivenMs: 60_000 };

/** As in Kubernetes the first restart is immediate. `failures` counts ends since it last ran well. */
export const waitMs = (failures: number, { firstMs, longestMs }: BackOff): number =>
  failures <= 1 ? 0 : Math.min(longestMs, firstMs * 2 ** (failures - 2));
