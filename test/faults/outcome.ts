/** How a plan went: as the undisturbed run, by its end and by all that was accepted on the way; or what was wrong. */
import { isDeepStrictEqual } from 'node:util';
import type { EndState } from './end-state.ts';
import type { Ledger } from './ledger.ts';

/** What the undisturbed run of a workload left. */
export interface Reference {
  readonly end: EndState;
  /** Writes since it began. */
  readonly writes: number;
  /** Accepted writes, by method and object. */
  readonly perObject: Readonly<Record<string, number>>;
  /** Kinds that are watched. */
  readonly watched: readonly string[];
}

export interface Outcome {
  readonly faults: readonly string[];
  /** Whether the fault struck: a plan made for the tenth write meets nothing in a run of nine. */
  readonly isMet: boolean;
  readonly seconds: number;
  /** For people: what to look at. */
  readonly evidence: string;
}

/** Names that are made anew in each run read alike. */
const plain = (path: string): string =>
  path.replace(/faults-[a-z0-9]+/g, 'NS').replace(/app-[a-z0-9]{6,}(-[a-z0-9]+)*/g, 'app-REV');

export function perObject({ writes }: Ledger): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { code, method, number, path } of writes) {
    if (number === 0 || code === null || code >= 300) continue;
    const key = `${method} ${plain(path)}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** A takeover stamps, saves and looks after everything once more; anything beyond is a loop. */
const spare = 6;

export function loopFaults(reference: Reference, counts: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(counts).flatMap(([what, count]) => {
    const most = (reference.perObject[what] ?? 0) * 1.5 + spare;
    return count > most ? [`${what} was written ${count} times, undisturbed ${reference.perObject[what] ?? 0}`] : [];
  });
}

export const isSame = (reference: EndState, end: EndState): boolean => isDeepStrictEqual(reference, end);
