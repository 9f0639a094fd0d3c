/** The answers of a backtest in the words that table and page share. */

import type { DispersionUsed } from './dispersion-used.ts';
import { spanText } from './html-text.ts';
import type { Mark, Outcome, Row } from './row.ts';
import type { Healthy, Totals } from './totals.ts';

/** Since the first traffic of the release. */
export function outcomeText(outcome: Outcome, { startMs }: Pick<Row, 'startMs'>): string {
  switch (outcome.kind) {
    case 'rolled back':
      return `${outcome.rule} ${spanText(Math.max(0, outcome.atMs - startMs))}`;
    case 'held':
      return `held: ${outcome.rules.join(', ')}`;
    case 'undecided':
      return 'undecided';
    case 'let pass':
      return 'pass';
  }
}

export const endingText = ({ ending, startMs, endMs }: Pick<Row, 'ending' | 'startMs' | 'endMs'>): string =>
  ending === 'unknown' ? 'under way' : `${ending} ${spanText(endMs - startMs)}`;

export const markText: Readonly<Record<Mark, string>> = {
  caught: 'caught',
  missed: 'MISSED',
  false: 'FALSE',
  unseen: 'unseen',
  good: 'good',
};

/** `19m earlier`, `2m later`, nothing where it can't be said. */
export const earlierText = ({ earlierMs }: Pick<Row, 'earlierMs'>): string => {
  if (earlierMs === null) return '';
  if (Math.abs(earlierMs) < 1_000) return 'same';
  return earlierMs > 0 ? `${spanText(earlierMs)} earlier` : `${spanText(-earlierMs)} later`;
};

export const percentText = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

export function totalsText(totals: Totals): readonly string[] {
  const { releases, caught, missed, unseen, blindMs, errorsSaved, meanEarlierMs } = totals;
  const counts = [
    `${plural(releases, 'release')}: ${caught} caught, ${missed} missed, ${totals.false} false`,
    ...(unseen > 0 ? [`${unseen} taken back for something that these metrics do not show`] : []),
    blindMs > 0 ? `blind for ${spanText(blindMs)}` : 'never blind',
  ].join('; ');
  const gain: string[] = [];
  if (meanEarlierMs !== null)
    gain.push(
      `the new rules convict ${Math.abs(meanEarlierMs) < 1_000 ? 'at the same time' : earlierText({ earlierMs: meanEarlierMs })} on average`,
    );
  if (errorsSaved !== 0)
    gain.push(
      `${plural(Math.abs(Math.round(errorsSaved)), 'failed request')} ${errorsSaved > 0 ? 'fewer' : 'more'} for users`,
    );
  return gain.length === 0 ? [counts] : [counts, gain.join('; ')];
}

const knownFrom: Readonly<Record<keyof DispersionUsed['releases'], string>> = {
  stated: 'as stated',
  history: 'learned from the seven days before each release',
  assumed: 'assumed',
};

/** `error_rate: dispersion 1.2 to 1.8, learned from ...: a conviction takes so many times as long as if errors came one by one.` */
export function dispersionText({ rule, releases, least, most, why }: DispersionUsed): string {
  const [low, high] = [least, most].map((phi) => String(Number(phi.toPrecision(2))));
  const range = low === high ? low : `${low} to ${high}`;
  const kinds = (Object.keys(knownFrom) as (keyof typeof knownFrom)[]).filter((from) => releases[from] > 0);
  const only = kinds.length === 1;
  const told = kinds.map((from) => {
    const because = from === 'assumed' && why !== null ? ` (${why})` : '';
    return `${knownFrom[from]}${because}${only ? '' : ` for ${releases[from]}`}`;
  });
  const cost =
    high === '1' ? 'errors come one by one' : `a conviction takes ${range} times as long as if errors came one by one`;
  return `${rule}: dispersion ${range}, ${told.join(', ')}: ${cost}.`;
}

export function healthyText({ old, new: now }: { readonly old: Healthy; readonly new: Healthy }): string {
  if (now.releases === 0)
    return 'A healthy service against itself: no quiet time as long as the plan, so nothing can be said.';
  return (
    `A healthy service against itself: ${now.rolledBack} of ${plural(now.releases, 'virtual release')} rolled back ` +
    `(old rules: ${old.rolledBack}); with 95 % confidence no more than ${percentText(now.atMost)} would be.`
  );
}
