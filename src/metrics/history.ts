/** Port: what a metric source remembers of a span of time, in chunks, so that a month never stands in memory at once. */
import type { Result } from '../lib/result.ts';
import type { LabelValues } from '../rules/promql.ts';
import type { Selector } from '../rules/sli.ts';
import type { ReadFailure } from './metric-source.ts';
import type { Series } from './series.ts';

/** From the first moment up to, and without, the last; epoch ms. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface HistoryProgress {
  /** Of the whole span asked for, and how much of it is read. */
  readonly totalMs: number;
  readonly doneMs: number;
  /** Samples read so far. */
  readonly samples: number;
}

interface Reading extends Span {
  readonly onProgress?: (progress: HistoryProgress) => void;
  /** For all of it; default 10 minutes. Each single question has a deadline of the source's own. */
  readonly withinMs?: number;
  /** Ends it at once, with a failure. */
  readonly signal?: AbortSignal;
}

/** Raw samples of every series that one of the selectors means. */
export interface SamplesWanted extends Reading {
  readonly selectors: readonly Selector[];
  /** Besides, each of these labels must have one of its values. */
  readonly labels?: LabelValues;
}

/** An expression's value at `fromMs`, `fromMs + stepMs`, ... before `toMs`. */
export interface StepsWanted extends Reading {
  readonly promql: string;
  readonly stepMs: number;
}

/** A part of the span; chunks follow each other without a hole, and no sample is in two of them. */
export interface HistoryChunk extends Span {
  readonly series: readonly Series[];
  /**
   * Where nothing at all was seen for five minutes or longer, each told with the chunk in which it ends: before the
   * retention, a scrape that failed, a service that was away.
   */
  readonly gaps: readonly Span[];
  /** What the source itself said of its answer, such as a part of the data that it could not reach. */
  readonly warnings: readonly string[];
}

export interface HistoryFailure {
  readonly reason: ReadFailure;
  readonly message: string;
  /** Up to where all went well, epoch ms. */
  readonly readToMs: number;
}

/** A failure is the last that comes; neither asking nor iterating ever throws. Whoever has seen enough just stops. */
export type HistoryChunks = AsyncIterable<Result<HistoryChunk, HistoryFailure>>;

export interface HistorySource {
  readonly name: string;
  samples(wanted: SamplesWanted): HistoryChunks;
  steps(wanted: StepsWanted): HistoryChunks;
}
