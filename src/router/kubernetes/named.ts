/** The entries of a route that are split: those that are named, or the only one that there is. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Split } from './split.ts';

export interface Entry<T> {
  readonly entry: T;
  readonly index: number;
}

/** `kind`: what the entries are called, in the plural: `rules`. Fails with a sentence for people. */
export function chosen<T extends { readonly name?: string | undefined }>(
  all: readonly T[],
  names: readonly string[] | null,
  kind: string,
): Result<readonly Entry<T>[], string> {
  const found = all.map((entry, index) => ({ entry, index }));
  const there = all.map(({ name }) => name ?? '(without a name)').join(', ');
  if (names === null) {
    if (found.length === 1) return ok(found);
    return failed(
      `it has ${found.length} ${kind}${found.length === 0 ? '' : ` (${there})`}; say which of them is split`,
    );
  }
  const timesOf = (wanted: string): number => all.filter(({ name }) => name === wanted).length;
  const unclear = names.find((name) => timesOf(name) !== 1);
  if (unclear === undefined) return ok(found.filter(({ entry: { name } }) => names.includes(name ?? '')));
  const times = timesOf(unclear);
  return failed(`it has ${times === 0 ? 'no' : times} ${kind} named ${unclear}, there are: ${there || 'none'}`);
}

/** All of the splits, or why one is none. */
export function allOf(splits: readonly Result<Split, string>[]): Result<readonly Split[], string> {
  const refused = splits.find((split) => !split.ok);
  return refused ?? ok(splits.flatMap((split) => (split.ok ? [split.value] : [])));
}
