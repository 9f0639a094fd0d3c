/** What of the past can't be replayed, why, and what would help: listed, never left out without a word. */
import type { Span } from '../../metrics/history.ts';

export interface Gap extends Span {
  readonly what: string;
  readonly reason: 'NoVersionLabel' | 'OtherService' | 'TooCoarse' | 'NoSamples' | 'NotMeasured' | 'NotReached';
  readonly why: string;
  readonly remedy: string;
}
