/** Raw samples as a metric source has them: counters and gauges with their own times, nothing computed. */

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  /** The sample's own time, epoch ms: when the target was scraped, never when it was asked for. */
  readonly atMs: number;
  readonly value: number;
}

/** One series; `labels` has no `__name__`; samples rise strictly in time. */
export interface Series {
  readonly metric: string;
  readonly labels: Labels;
  readonly samples: readonly Sample[];
}

/** Which series belong to one side: every label named must have one of its values. No value listed: no such side. */
export type ArmMatch = Readonly<Record<string, readonly string[]>>;

export interface ArmPair {
  readonly canary: ArmMatch;
  readonly stable: ArmMatch;
  /** What the service's series have whatever its versions; absent or empty: nothing tells them from others'. */
  readonly lasting?: ArmMatch;
}

export interface Arms extends ArmPair {
  /** Metrics whose producer has labels of its own for this, by how the metric's name begins; the first that fits holds. */
  readonly own?: readonly (ArmPair & { readonly prefix: string })[];
}
