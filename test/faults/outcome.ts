/** How a plan went: as the undisturbed run, by its end and by all that was accepted on the way; or what was wrong. */
import { isDeepStrictEqual } from 'node:util';
import type { EndState } from './end-state.ts';
import type { Ledger } from './ledger.ts';
import { plainPath } from './write-name.ts';

/** What the undisturbed run of a workload left. */
export interface Reference {
  readonly end: EndState;
  /** Names of its writes since it began, in their order. */
  readonly writes: readonly string[];
  /** Accepted writes, by method and object. */
  readonly perObject: Readonly<Record<string, number>>;
  /** Kinds that are watched. */
  readonly watched: readonly string[];
}

export interface Outcome {
  readonly faults: readonly string[];
  /** Writes that the plan would strike, and that never came: another fault left less to do. */
  readonly unmet: ReadonlySet<string>;
  /** How often it struck. */
  readonly struckTimes: number;
  readonly seconds: number;
  /** For people: what to look at. */
  readonly evidence: string;
}

export function perObject({ writes }: Ledger): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { code, method, number, path } of writes) {
    if (number === 0 || code === null || code >= 300) continue;
    const key = `${method} ${plainPath(path)}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** A takeover stamps, saves and looks after everything once more; anything beyond is a loop. */
const spare = 6;

/** `times`: how often something struck. */
export function loopFaults(
  reference: Reference,
  counts: Readonly<Record<string, number>>,
  times = 1,
): readonly string[] {
  return Object.entries(counts).flatMap(([what, count]) => {
    const most = (reference.perObject[what] ?? 0) * 1.5 + spare * Math.max(1, times);
    return count > most ? [`${what} was written ${count} times, undisturbed ${reference.perObject[what] ?? 0}`] : [];
  });
}

export const isSame = (reference: EndState, end: EndState): boolean => isDeepStrictEqual(reference, end);
