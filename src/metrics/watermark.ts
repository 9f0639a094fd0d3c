/**
 * Both arms up to the same time: a canary's increment is compared only when every live stable target was seen up to its end,
 * and with just what stable did in the same span.
 *
 *     stable  --|------a------|------b------|--        canary's increment (1) waits until b was seen; it is compared with
 *     canary  ------|------1------|------2-----        the second part of a and the first of b, in proportion to time
 *
 * Arms that one process counts have the same sample times: there the spans fit exactly.
 */
import type { Increment, Tally } from './counter-memory.ts';
import { noCounts } from './reading.ts';

/** One target of an arm: from where to where its increments are known. */
export interface Coverage {
  readonly fromMs: number;
  readonly toMs: number;
  readonly live: boolean;
}

export interface Waiting {
  readonly canary: readonly Increment[];
  readonly stable: readonly Increment[];
  /** Up to where both arms were compared; null before the first time. */
  readonly alignedToMs: number | null;
}

export interface Coverages {
  readonly canary: readonly Coverage[];
  readonly stable: readonly Coverage[];
}

export interface Alignment {
  readonly waiting: Waiting;
  readonly aligned: { readonly fromMs: number; readonly toMs: number; readonly canary: Tally; readonly stable: Tally };
}

/** `atMs`: the newest sample, for the time of an empty answer. */
export function align(waiting: Waiting, seen: Coverages, atMs: number): Alignment {
  const live = seen.stable.filter((target) => target.live);
  const isReady = ({ toMs }: Increment): boolean => live.every((target) => target.toMs >= toMs);
  // Without a live stable target there is nothing to compare with, now or later.
  const left = live.length === 0 ? [] : waiting.canary.filter((each) => !isReady(each));
  const matched = waiting.canary.filter(
    (each) => live.length > 0 && isReady(each) && live.every(({ fromMs }) => fromMs <= each.fromMs),
  );
  const stable = live.length === 0 ? [] : stillWanted(waiting.stable, left, seen.canary);
  const alignedToMs = latest(matched) ?? waiting.alignedToMs;
  return {
    waiting: bounded({ canary: left, stable, alignedToMs }),
    aligned: {
      fromMs: Math.min(alignedToMs ?? atMs, ...matched.map(({ fromMs }) => fromMs)),
      toMs: alignedToMs ?? atMs,
      canary: sumOf(matched),
      stable: matchedStable(matched, waiting.stable, seen.canary),
    },
  };
}

const latest = (increments: readonly Increment[]): number | null =>
  increments.length === 0 ? null : Math.max(...increments.map(({ toMs }) => toMs));

export const sumOf = (tallies: readonly Tally[]): Tally =>
  tallies.reduce<Tally>((sum, each) => {
    const both = { events: sum.events + each.events, bad: sum.bad + each.bad };
    return each.slower === undefined ? both : { ...both, slower: added(sum.slower, each.slower) };
  }, noCounts);

/** What is not known of one is not known of the sum. */
const added = (sum: Tally['slower'], more: NonNullable<Tally['slower']>): NonNullable<Tally['slower']> =>
  sum === undefined ? more : more.map((each, at) => plus(sum[at], each));

const plus = (a: number | null | undefined, b: number | null): number | null =>
  a === null || a === undefined || b === null ? null : a + b;

/** Stable's part in the spans of the canary's increments; with several canary targets, each span weighs its share of them. */
function matchedStable(
  canary: readonly Increment[],
  stable: readonly Increment[],
  targets: readonly Coverage[],
): Tally {
  const parts = canary.flatMap((each) => {
    const peers = targets.filter(({ fromMs, toMs, live }) => fromMs < each.toMs && (live || toMs >= each.toMs)).length;
    return stable.flatMap((other) => {
      const part = overlap(each, other) / Math.max(peers, 1);
      return part > 0 ? [partOf(other, part)] : [];
    });
  });
  return sumOf(parts);
}

const partOf = ({ events, bad, slower }: Tally, part: number): Tally => ({
  events: events * part,
  bad: bad * part,
  ...(slower === undefined ? {} : { slower: slower.map((each) => (each === null ? null : each * part)) }),
});

/** Which part of `other`'s span lies within `span`, from 0 to 1. */
const overlap = (span: Increment, other: Increment): number => {
  const commonMs = Math.min(span.toMs, other.toMs) - Math.max(span.fromMs, other.fromMs);
  return commonMs <= 0 ? 0 : commonMs / (other.toMs - other.fromMs);
};

/** Nothing waits for longer, and no more of it: a target that lags so far is not live. */
const keepMs = 300_000;
const keepCount = 1_000;

/** What may go on waiting when nothing could be compared for a while: evidence is lost, memory is not. */
export function bounded({ canary, stable, alignedToMs }: Waiting): Waiting {
  const fromMs = (latest([...canary, ...stable]) ?? 0) - keepMs;
  const recent = (increments: readonly Increment[]): readonly Increment[] =>
    increments.filter(({ toMs }) => toMs > fromMs).slice(-keepCount);
  return { canary: recent(canary), stable: recent(stable), alignedToMs };
}

/** Stable's increments that a canary's increment still to come may overlap. */
function stillWanted(
  stable: readonly Increment[],
  left: readonly Increment[],
  canary: readonly Coverage[],
): readonly Increment[] {
  const fromMs = Math.min(
    ...left.map((each) => each.fromMs),
    ...canary.filter((target) => target.live).map((target) => target.toMs),
  );
  return stable.filter(({ toMs }) => toMs > fromMs);
}
