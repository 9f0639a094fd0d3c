/** One release, past or virtual, that is to be judged: plain data, so that any thread can do it. */
import type { Dispersion } from '../../verdict/settings.ts';
import type { Stretch } from './found-release.ts';

export interface Segment {
  /** Of the ticks; a little before the first traffic, so that counters have something to be compared with. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly startMs: number;
  readonly weights: readonly Stretch[];
  /** Numbers the segments, for what is drawn by lot. */
  readonly seed: number;
}

/** Which series are the canary's and which are stable's: by version in a past release, by lot in a virtual one. */
export type SideChoice =
  | { readonly by: 'version'; readonly label: string; readonly canary: string; readonly stable: string | null }
  | { readonly by: 'lot' };

export interface Brief {
  readonly segment: Segment;
  readonly sides: SideChoice;
  /** By measure, where it has one, as a start at that moment would have learned it. */
  readonly dispersion: Readonly<Record<string, Dispersion>>;
}
