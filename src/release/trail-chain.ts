/**
 * The trail in pieces that are chained: each says the hash before its first line and the one after its last, so that a line that is
 * changed, left out or put in is found. Whoever may write all of them can make a whole new chain: keep a hash elsewhere.
 */
import { sha256 } from '../lib/sha256.ts';

export interface Segment {
  /** Name of what holds it. */
  readonly name: string;
  /** Number of its first line; each line is an entry as JSON. */
  readonly first: number;
  readonly lines: readonly string[];
  /** Hash of the line before its first; of the very first: empty. */
  readonly previous: string;
  /** Of its last line. */
  readonly hash: string;
  /** The API server refuses every change of it. */
  readonly sealed: boolean;
  /** Number of the oldest line that was kept when it was written. */
  readonly oldest: number;
}

/** Hash of the last line: each is over the one before it and the line. */
export const chained = (previous: string, lines: readonly string[]): string =>
  lines.reduce((hash, line) => sha256(`${hash}\n${line}`), previous);

export const nextNumber = (segments: readonly Segment[]): number => {
  const last = segments.at(-1);
  return last === undefined ? 1 : last.first + last.lines.length;
};

/** What is not as it was written, a sentence each. `segments`: in the order of their numbers. */
export function chainProblems(segments: readonly Segment[]): readonly string[] {
  const oldest = segments.at(-1)?.oldest ?? 1;
  const begun = segments[0];
  const missing =
    begun !== undefined && begun.first > oldest ? [`entries ${oldest} to ${begun.first - 1} are missing`] : [];
  return [...missing, ...segments.flatMap((segment, at) => problemsOf(segment, segments[at - 1], segments[at + 1]))];
}

function problemsOf(segment: Segment, before: Segment | undefined, after: Segment | undefined): readonly string[] {
  const { first, hash, lines, name, previous, sealed } = segment;
  const expected = before === undefined ? first : before.first + before.lines.length;
  return [
    ...(first > expected ? [`entries ${expected} to ${first - 1} are missing before ${name}`] : []),
    ...(first < expected ? [`${name} begins with entry ${first}, which ${before?.name ?? ''} has, too`] : []),
    ...(before !== undefined && first === expected && previous !== before.hash
      ? [`${name} does not follow what ${before.name} ends with`]
      : []),
    ...(chained(previous, lines) === hash
      ? []
      : [`entries ${first} to ${first + lines.length - 1} in ${name} were changed`]),
    ...(after !== undefined && !sealed ? [`${name} is not sealed, and is not the newest`] : []),
  ];
}
