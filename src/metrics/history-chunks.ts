/**
 * A span of time read chunk by chunk: as wide as the answers stay small and quick, narrower where the source refuses.
 *
 *     width ──answer──► yielded, next width by its size ──► ... ──► end
 *       ▲       └─too large, too slow, too many samples─► narrower, same start ─► failed when as narrow as it gets
 *       └────────unreachable: again, twice─────────────────────────────────────► failed
 */
import type { Clock } from '../lib/clock.ts';
import { formatDuration } from '../lib/duration.ts';
import { pause } from '../lib/pause.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { HistoryChunks, HistoryFailure, HistoryProgress, Span } from './history.ts';
import { GapTracker, leastGapMs } from './history-gaps.ts';
import type { ReadFailure } from './metric-source.ts';
import type { Series } from './series.ts';

export interface ChunkAnswer {
  readonly series: readonly Series[];
  readonly warnings: readonly string[];
  /** Of the source's text; what the next width goes by. */
  readonly bytes: number;
}

export interface ChunkFailure {
  readonly reason: ReadFailure;
  readonly message: string;
}

export interface Widths {
  readonly firstMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
  /** Every chunk but the last is a multiple of this. */
  readonly alignMs: number;
}

export interface ChunkedReading extends Span {
  readonly widths: Widths;
  readonly ask: (span: Span) => Promise<Result<ChunkAnswer, ChunkFailure>>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly withinMs: number;
  /** Of a chunk's answer. */
  readonly wantedBytes: number;
  readonly onProgress?: ((progress: HistoryProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const defaultWithinMs = 600_000;

/** A chunk that takes longer is wide enough. */
const wantedMs = 3_000;

const retryAfterMs = [300, 1_200] as const;

export async function* inChunks(reading: ChunkedReading): HistoryChunks {
  const { fromMs, toMs, clock, onProgress } = reading;
  const gaps = new GapTracker(fromMs, Math.max(leastGapMs, 2 * reading.widths.alignMs));
  const deadlineMs = clock.monotonicMs() + reading.withinMs;
  let widths = { ...reading.widths, nextMs: reading.widths.firstMs };
  let samples = 0;
  let atMs = fromMs;
  while (atMs < toMs) {
    const asked = await askChunk({ ...reading, widths, fromMs: atMs, deadlineMs });
    if (!asked.ok) return void (yield failed({ ...asked.error, readToMs: atMs }));
    const { span, answer } = asked.value;
    widths = asked.value.widths;
    const { series, warnings } = answer;
    const ended = gaps.add({ ...span, series });
    atMs = span.toMs;
    samples += series.reduce((sum, each) => sum + each.samples.length, 0);
    onProgress?.({ totalMs: toMs - fromMs, doneMs: atMs - fromMs, samples });
    yield ok({ ...span, series, warnings, gaps: atMs < toMs ? ended : [...ended, ...gaps.end(toMs)] });
  }
}

type Adapted = Widths & { readonly nextMs: number };

interface Attempt extends ChunkedReading {
  readonly widths: Adapted;
  readonly deadlineMs: number;
}

interface Asked {
  readonly span: Span;
  readonly answer: ChunkAnswer;
  readonly widths: Adapted;
}

/** The chunk from `fromMs` on, in as many attempts as it takes. */
async function askChunk(attempt: Attempt): Promise<Result<Asked, ChunkFailure>> {
  const { fromMs, toMs, clock, deadlineMs } = attempt;
  let { widths } = attempt;
  let retries = 0;
  for (;;) {
    const startedMs = clock.monotonicMs();
    if (isStopped(attempt)) return failed(stopped);
    if (startedMs >= deadlineMs) return failed(tooLate(attempt));
    const span = { fromMs, toMs: Math.min(toMs, fromMs + widths.nextMs) };
    const answer = await attempt.ask(span);
    if (isStopped(attempt)) return failed(stopped);
    if (answer.ok) {
      const took = clock.monotonicMs() - startedMs;
      return ok({ span, answer: answer.value, widths: wider(widths, fit(attempt, answer.value.bytes, took)) });
    }
    const retryMs = retryAfterMs[retries];
    const isTooMuch = asksTooMuch(answer.error);
    if (isTooMuch && widths.nextMs > widths.leastMs) widths = narrower(widths);
    else if (!isTooMuch && answer.error.reason === 'Unreachable' && retryMs !== undefined) {
      retries += 1;
      await pause(retryMs, attempt.signal ?? new AbortController().signal);
    } else return failed(at(span, answer.error));
  }
}

const refusals = /too many|exceed|max(?:imum)? number|cannot select more|limit/i;

const asksTooMuch = ({ reason, message }: ChunkFailure): boolean =>
  reason === 'TooLarge' || reason === 'Timeout' || (reason === 'QueryError' && refusals.test(message));

const aligned = (ms: number, { leastMs, mostMs, alignMs }: Widths): number =>
  Math.max(alignMs, Math.floor(Math.min(mostMs, Math.max(leastMs, ms)) / alignMs) * alignMs);

/** By how much the next chunk may be wider than one that gave so much and took so long. */
const fit = ({ wantedBytes }: ChunkedReading, bytes: number, tookMs: number): number =>
  Math.min(4, Math.max(0.25, Math.min(wantedBytes / Math.max(1, bytes), wantedMs / Math.max(1, tookMs))));

const wider = (widths: Adapted, by: number): Adapted => ({ ...widths, nextMs: aligned(widths.nextMs * by, widths) });

/** What was refused once is not tried again. */
const narrower = (widths: Adapted): Adapted => {
  const mostMs = Math.max(widths.leastMs, widths.nextMs / 2);
  return { ...widths, mostMs, nextMs: aligned(widths.nextMs / 4, { ...widths, mostMs }) };
};

const isStopped = ({ signal }: Attempt): boolean => signal?.aborted === true;

/** Whoever wished it knows why. */
const stopped: ChunkFailure = { reason: 'Timeout', message: 'stopped' };

const tooLate = ({ withinMs, fromMs }: Attempt): ChunkFailure => ({
  reason: 'Timeout',
  message: `the history was read up to ${new Date(fromMs).toISOString()} when its ${formatDuration(withinMs)} were over`,
});

const at = ({ fromMs, toMs }: Span, { reason, message }: ChunkFailure): Omit<HistoryFailure, 'readToMs'> => ({
  reason,
  message: `${message} (asked for ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()})`,
});
