/** An alert as an Alertmanager tells it by its webhook. */

export interface ToldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'firing' | 'resolved';
  /** Epoch ms; null: it does not say. */
  readonly sinceMs: number | null;
}
