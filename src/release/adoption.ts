/** A person's word on which revision of a policy is stable. */

/** The last one that somebody ordered. */
export interface Adoption {
  readonly revision: string;
  /** Revisions that served, or were to serve, before it: their pods end when users are on the new one. */
  readonly formers: readonly string[];
  readonly who: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly atMs: number;
  /** When an order in a cluster was given, by the API server's clock, epoch ms; left out: it came over HTTP. */
  readonly orderedAtMs?: number;
}

export type AdoptRequest = Pick<Adoption, 'orderedAtMs' | 'reason' | 'revision' | 'who'>;
