/** Header fields as undici tells them: name and value in turn. */
import type { Dispatcher } from 'undici';

type RawHeaders = Dispatcher.DispatchController['rawHeaders'];

export const rawPairs = (raw: RawHeaders): readonly (Buffer | string)[] => (Array.isArray(raw) ? raw : []);

export function pairsOf(raw: readonly (Buffer | string)[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < raw.length; at += 2) pairs.push([String(raw[at]), String(raw[at + 1])]);
  return pairs;
}
