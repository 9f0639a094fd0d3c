/** The looks of a real release, to be judged again. All times are ms since it began. */
import type { Counts, NothingReason, SlowerThan } from '../../metrics/reading.ts';
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

export type RecordedReading =
  | {
      readonly kind: 'counts';
      readonly atMs: number;
      readonly fresh: { readonly canary: Counts; readonly stable: Counts | null };
      readonly aligned: {
        readonly fromMs: number;
        readonly toMs: number;
        readonly canary: Counts;
        readonly stable: Counts;
        readonly slower?: readonly SlowerThan[];
      };
    }
  | { readonly kind: 'level'; readonly atMs: number; readonly canary: number; readonly stable: number | null }
  | { readonly kind: 'volume'; readonly atMs: number; readonly now: number; readonly then: number | null }
  | {
      readonly kind: 'alert';
      readonly atMs: number;
      readonly canary: RecordedFiring | null;
      readonly stable: RecordedFiring | null;
      readonly neither: RecordedFiring | null;
    }
  | { readonly kind: 'nothing'; readonly reason: NothingReason; readonly message: string };

interface RecordedFiring {
  /** null: nobody says since when. */
  readonly sinceMs: number | null;
}
