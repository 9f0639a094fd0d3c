/** Where a quantile lies, in words: a histogram tells only between which of its bounds. */
import { valueText } from '../format-value.ts';

/** Seconds; null: no bound on that side is known. */
export interface Between {
  readonly above: number | null;
  readonly atMost: number | null;
}

export const betweenText = (between: Between | null): string => {
  if (between === null || (between.above === null && between.atMost === null)) return 'not counted';
  const { above, atMost } = between;
  const text = (seconds: number): string => valueText(seconds, 'seconds');
  if (above === null) return `at most ${text(atMost ?? 0)}`;
  return atMost === null ? `above ${text(above)}` : `between ${text(above)} and ${text(atMost)}`;
};
