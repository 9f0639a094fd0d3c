/** A place in a round for each name, always the same: spreads what would else happen all at once. */
import { contentHash } from './content-hash.ts';

/** From 0 to below 1, evenly over many names. */
export const placeOf = (name: string): number => Number.parseInt(contentHash(name), 16) / 16 ** 12;
