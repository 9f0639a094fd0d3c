/** Makes a split of the backends that one list in an object sends to: stable, canary, and nobody else. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Backend } from '../deck.ts';
import { below, type Expected, type Split } from './split.ts';

/** One entry of the list. */
export interface Leg {
  /** JSON pointer of the entry; its weight stands under `weight`. */
  readonly pointer: string;
  readonly weight: number;
  /** For people. */
  readonly title: string;
  /** Null: neither. */
  readonly backend: Backend | null;
  /** What says to whom it leads. */
  readonly expected: readonly Expected[];
}

export interface Naming {
  /** Subject of the sentences: `http route primary`. */
  readonly where: string;
  /** What an entry is called there: `destination`, `backend`. */
  readonly entry: string;
  readonly titles: Readonly<Record<Backend, string>>;
}

/** The split, or why there is none, for people. */
export function splitAmong(legs: readonly Leg[], { where, entry, titles }: Naming): Result<Split, string> {
  const of = (backend: Backend): Leg | undefined => legs.find((leg) => leg.backend === backend);
  const [canary, stable] = [of('canary'), of('stable')];
  if (canary === undefined) return failed(`${where} has no ${entry} ${titles.canary}`);
  if (stable === undefined) return failed(`${where} has no ${entry} ${titles.stable}`);
  const other = legs.find((leg) => leg !== canary && leg !== stable && leg.weight > 0);
  if (other !== undefined) return failed(`${where} also sends to ${other.title}; stable and canary must share it`);
  const weightOf = ({ pointer, weight }: Leg) => ({ pointer: below(pointer, 'weight'), weight });
  return ok({
    weights: { canary: weightOf(canary), stable: weightOf(stable) },
    expected: [...canary.expected, ...stable.expected],
  });
}

/** Those of the words that stand there, as what must still stand there. */
export const expectedWords = (pointer: string, entry: object, words: readonly string[]): readonly Expected[] =>
  Object.entries(entry as Readonly<Record<string, unknown>>).flatMap(([word, value]) =>
    words.includes(word) ? [{ pointer: below(pointer, word), value }] : [],
  );
