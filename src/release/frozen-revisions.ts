/** Revisions that failed, in bounded room: the last ones by name, those before in a filter that may take too many for failed, and never too few. */
import { contentHash } from '../lib/content-hash.ts';

/** More than `mostKept` releases of a policy, so that whatever `retry` finds is known by its name. */
export const mostFrozen = 300;

/** Takes one of 10,000 new names for failed after 1,000 that are known by the filter alone, one of 100 after 5,000. */
const filterBits = 65_536;
const filterBytes = filterBits / 8;

/** Not tried again until someone says so. */
export interface Frozen {
  /** The newest last. */
  readonly frozen: readonly string[];
  /** Those before, as a filter in base64; left out: there are none. */
  readonly frozenBefore?: string;
}

/** `perhaps`: it failed long ago, or can't be told from one that did. */
export function freezeOf({ frozen, frozenBefore }: Frozen, revision: string): 'no' | 'perhaps' | 'yes' {
  if (frozen.includes(revision)) return 'yes';
  if (frozenBefore === undefined) return 'no';
  const filter = Buffer.from(frozenBefore, 'base64');
  // What can't be read says no more who is in it: then everybody may be.
  if (filter.length !== filterBytes) return 'perhaps';
  return placesOf(revision).every(([byte, bit]) => ((filter[byte] ?? 0) & bit) !== 0) ? 'perhaps' : 'no';
}

/** The same object when it is frozen by name already. */
export function withFrozen<S extends Frozen>(state: S, revision: string): S {
  if (state.frozen.includes(revision)) return state;
  const all = [...state.frozen, revision];
  const over = all.slice(0, Math.max(0, all.length - mostFrozen));
  if (over.length === 0) return { ...state, frozen: all };
  return { ...state, frozen: all.slice(over.length), frozenBefore: filterWith(state.frozenBefore ?? '', over) };
}

function filterWith(before: string, revisions: readonly string[]): string {
  const filter = Buffer.alloc(filterBytes);
  filter.set(Buffer.from(before, 'base64').subarray(0, filter.length));
  for (const [byte, bit] of revisions.flatMap(placesOf)) filter[byte] = (filter[byte] ?? 0) | bit;
  return filter.toString('base64');
}

/** Three bits of the filter: byte, and mask in it. */
const placesOf = (revision: string): readonly (readonly [number, number])[] =>
  (contentHash(revision).match(/.{4}/g) ?? []).map((digits) => {
    const place = Number.parseInt(digits, 16) % filterBits;
    return [place >> 3, 1 << (place & 7)] as const;
  });
