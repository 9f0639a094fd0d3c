/** The word that somebody probably meant. */
import { distance } from 'fastest-levenshtein';

/** How many letters may differ: about a third of the word, at least two. */
const tolerance = (word: string): number => Math.max(2, Math.ceil(word.length / 3));

const isShortFor = (word: string, candidate: string): boolean => word.length >= 3 && candidate.startsWith(word);

/** The nearest candidate, capitals aside, or null when none is near enough to be worth naming. */
export const nearest = (word: string, candidates: readonly string[]): string | null => {
  const lower = word.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, plain: candidate.toLowerCase() }))
    .map(({ candidate, plain }) => ({ candidate, away: isShortFor(lower, plain) ? 1 : distance(lower, plain) }))
    .sort((a, b) => a.away - b.away);
  const best = ranked[0];
  return best !== undefined && best.away <= tolerance(word) && best.away < word.length ? best.candidate : null;
};

/** `; did you mean "critical"?`, or nothing. */
export const didYouMean = (word: string, candidates: readonly string[]): string => {
  const near = nearest(word, candidates);
  return near === null ? '' : `; did you mean ${JSON.stringify(near)}?`;
};
