/** Where a quantile lies, in words: a histogram tells only between which of its bounds. */
import { valueText } from './format-value.ts';

/** null: no bound on that side is known. */
export interface Between {
  readonly aboveSeconds: number | null;
  readonly atMostSeconds: number | null;
}

const text = (seconds: number): string => valueText(seconds, 'seconds');

export const betweenText = (between: Between | null): string => {
  const { aboveSeconds: above = null, atMostSeconds: atMost = null } = between ?? {};
  if (above !== null && atMost !== null) return `between ${text(above)} and ${text(atMost)}`;
  if (atMost !== null) return `at most ${text(atMost)}`;
  return above === null ? 'not counted' : `above ${text(above)}`;
};

/** The same in a cell: `100-250 ms`, `<= 100 ms`, `> 2.5 s`. */
export const betweenCell = (between: Between | null): string => {
  const { aboveSeconds: above = null, atMostSeconds: atMost = null } = between ?? {};
  if (above !== null && atMost !== null) {
    const [from, to] = [text(above), text(atMost)];
    const unit = to.slice(to.indexOf(' '));
    return `${from.endsWith(unit) ? from.slice(0, -unit.length) : from}-${to}`;
  }
  if (atMost !== null) return `<= ${text(atMost)}`;
  return above === null ? '-' : `> ${text(above)}`;
};

/** 0.95 is `p95`. */
export const quantileName = (quantile: number): string => `p${Number((100 * quantile).toPrecision(6))}`;

/** `p95 100-250 ms`, of the canary; undefined: an older controller does not tell. */
export const responseTimeCell = (
  seen: { readonly quantile: number; readonly canary: Between | null } | null | undefined,
): string =>
  seen === null || seen === undefined || seen.canary === null
    ? '-'
    : `${quantileName(seen.quantile)} ${betweenCell(seen.canary)}`;
