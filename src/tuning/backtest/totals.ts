/** All rows, the virtual releases, and what could not be replayed, in a few numbers. */
import type { Row } from './row.ts';
import type { TrialOutcome } from './trial.ts';
import { upperBound } from './upper-bound.ts';

/** A healthy service against itself. */
export interface Healthy {
  /** Virtual releases that were judged. */
  readonly releases: number;
  readonly rolledBack: number;
  readonly rate: number;
  /** With 95 % confidence a healthy release is rolled back no more often. */
  readonly atMost: number;
  /** The first convictions, for a look at what happened then. */
  readonly convictions: readonly { readonly rule: string; readonly atMs: number; readonly message: string }[];
}

export interface Totals {
  readonly releases: number;
  readonly caught: number;
  readonly missed: number;
  readonly false: number;
  readonly unseen: number;
  readonly blindMs: number;
  readonly errorsSaved: number;
  /** Mean over the releases that can be compared; null: none can. */
  readonly meanEarlierMs: number | null;
}

export function totalsOf(rows: readonly Row[]): Totals {
  const count = (mark: Row['mark']): number => rows.filter((row) => row.mark === mark).length;
  const compared = rows.flatMap(({ earlierMs }) => earlierMs ?? []);
  return {
    releases: rows.length,
    caught: count('caught'),
    missed: count('missed'),
    false: count('false'),
    unseen: count('unseen'),
    blindMs: rows.reduce((sum, { blindMs }) => sum + blindMs, 0),
    errorsSaved: rows.reduce((sum, { errorsSaved }) => sum + errorsSaved, 0),
    meanEarlierMs: compared.length === 0 ? null : compared.reduce((sum, each) => sum + each, 0) / compared.length,
  };
}

const shownConvictions = 20;

/** `seat`: which of the rule sets. */
export function healthyOf(trials: readonly TrialOutcome[], seat: number): Healthy {
  const judged = trials.filter(({ ticks }) => ticks > 0);
  const convictions = judged.flatMap(({ findings }) => findings[seat]?.conviction ?? []);
  const releases = judged.length;
  return {
    releases,
    rolledBack: convictions.length,
    rate: releases === 0 ? 0 : convictions.length / releases,
    atMost: upperBound(convictions.length, releases),
    convictions: convictions.slice(0, shownConvictions),
  };
}
