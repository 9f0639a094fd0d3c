/** One moment of the demo, as its screen shows it. */
import type { ReleaseView } from '../../report/release-view.ts';
import type { LoadReport } from './load-tally.ts';

export interface Scene {
  readonly act: string;
  /** What happens now, in one sentence. */
  readonly note: string;
  readonly elapsedMs: number;
  /** How long it takes when nothing is in the way; null: the story is over. */
  readonly expectedMs: number | null;
  /** Every duration of plan and rules is divided by it. */
  readonly factor: number;
  readonly users: LoadReport | null;
  readonly view: ReleaseView | null;
  /** What the keys do, in the order to show; empty: no keyboard. */
  readonly keys: readonly string[];
}

/** `0:07`, `1:23`. */
export const elapsedText = (ms: number): string => {
  const total = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
};
