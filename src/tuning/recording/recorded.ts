/** The looks of a real release, to be judged again. All times are ms since it began. */
import type { Nothing, Reading } from '../../metrics/reading.ts';
import type { Release } from '../../release/release.ts';

export interface Recorded {
  readonly release: string;
  /** In the order of time. */
  readonly looks: readonly RecordedLook[];
  /** The bucket that decided about a rule of response times, by its name. */
  readonly bounds: Readonly<Record<string, number>>;
  /** As known when the release began. */
  readonly dispersion: Release['dispersion'];
  readonly unjudgeable: Release['unjudgeable'];
}

export interface RecordedLook {
  readonly atMs: number;
  /** Another controller's first look: the time before it counts for nothing. */
  readonly resumed: boolean;
  /** Canary percent that the numbers were made at. */
  readonly weight: number | null;
  /** Requests that the router sent each way since the look before; null: it did not count them. */
  readonly sent: { readonly canary: number; readonly stable: number } | null;
  /** By rule; null: the metrics had not answered. */
  readonly read: Readonly<Record<string, RecordedReading>> | null;
}

/** As the judge read it; the time of nothing is that of the look. */
export type RecordedReading = Exclude<Reading, Nothing> | Omit<Nothing, 'atMs'>;
