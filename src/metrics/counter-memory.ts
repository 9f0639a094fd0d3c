/** Last raw counters, kept with the evidence, so that each increment counts exactly once. Plain JSON. */
import type { Counts } from './reading.ts';
import type { Arms, Sample } from './series.ts';

export interface CounterMemory {
  readonly format: 1;
  /** When counting began, epoch ms: what started later is new with all that it counts. null before the first answer. */
  readonly sinceMs: number | null;
  /** Source of the answer before; null before the first. */
  readonly source: string | null;
  /** What the answer before was asked for: a series can be new only where it would have been seen. */
  readonly arms: Arms;
  /** Counters that the answer before had, or would have had. */
  readonly metrics: readonly string[];
  /** Buckets that were there but counted by no rule, as `metric le`: they are not new when one begins to. */
  readonly passedOver?: readonly string[];
  /** By `instance` label. */
  readonly targets: Readonly<Record<string, TargetMemory>>;
  /** By rule name. */
  readonly rules: Readonly<Record<string, RuleMemory>>;
}

/** One scraped process. Times are those of its samples. */
export interface TargetMemory {
  readonly atMs: number;
  /** Source that told of it last. */
  readonly source: string;
  /** Increments are known from here on. */
  readonly fromMs: number;
  /** Between two of its samples, as last seen; 0: not known yet. */
  readonly intervalMs: number;
  /** Start of its process as it says itself; null: it does not say. */
  readonly startMs: number | null;
  readonly series: Readonly<Record<string, SeriesMemory>>;
}

export interface SeriesMemory extends Sample {
  /** `_created` of the series, epoch ms. */
  readonly createdMs: number | null;
  /** A lower value that nothing explains yet: a glitch, or a reset without evidence. The next sample tells. */
  readonly doubt: Sample | null;
}

/** Counts, and how many requests were slower than each bound that the versions are compared at; null: not known for all. */
export interface Tally extends Counts {
  readonly slower?: readonly (number | null)[];
}

/** What one target counted for one rule between two of its samples. */
export interface Increment extends Tally {
  readonly target: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface RuleMemory {
  /** Series of it were seen at least once. */
  readonly seen: boolean;
  /** Counted, but not yet told: the reading was "nothing" for another cause. */
  readonly owed: { readonly canary: Counts; readonly stable: Counts };
  /** Waiting for the other arm to be seen up to the same time. */
  readonly canary: readonly Increment[];
  readonly stable: readonly Increment[];
  readonly alignedToMs: number | null;
  /** Response times: where the versions are compared, the one nearest to the limit first; absent or null: not chosen yet. */
  readonly bounds?: readonly number[] | null;
}

export const emptyMemory: CounterMemory = {
  format: 1,
  sinceMs: null,
  source: null,
  arms: { canary: {}, stable: {} },
  metrics: [],
  targets: {},
  rules: {},
};
