/** Port: what each target of notifications was sent, when, and what came of it; bounded, and kept over restarts. */

/** What a service calls the messages about one thing, so that they can be kept up to date. */
export type Handles = Readonly<Record<string, string>>;

/** One notice to one target. */
export interface Delivery {
  readonly policy: string;
  readonly target: string;
  /** `slack`, `email`, ... */
  readonly service: string;
  /** Id of the notice. */
  readonly notice: string;
  /** Its key: one a release, one a metric source. */
  readonly about: string;
  readonly urgency: string;
  readonly reason: string;
  readonly title: string;
  readonly releases: readonly string[];
  /** When it happened, epoch ms. */
  readonly atMs: number;
  /** When this was last tried or given up, epoch ms. */
  readonly triedAtMs: number;
  /** `trying`: not taken yet, and tried again. */
  readonly outcome: 'trying' | 'sent' | 'failed' | 'dropped';
  /** Times that it was tried. */
  readonly attempts: number;
  /** Why it was not taken, secrets masked; empty: nothing to say. */
  readonly why: string;
  readonly handles: Handles | null;
}

export interface DeliveryFilter {
  readonly policy?: string;
  readonly release?: string;
  readonly limit: number;
}

export interface DeliveryLog {
  /** Newest first. */
  list(filter: DeliveryFilter): readonly Delivery[];
  /** What came before of the same notice to the same target is replaced. Returns at once and never fails. */
  note(delivery: Delivery): void;
  /** null: this target was never handed it, or that is forgotten. */
  find(of: Pick<Delivery, 'notice' | 'policy' | 'target'>): Delivery | null;
  /** What the target's service called the messages about it, as last heard. */
  handles(of: Pick<Delivery, 'about' | 'policy' | 'target'>): Handles | null;
  /** Writes what is not written yet. */
  close(): Promise<void>;
}
