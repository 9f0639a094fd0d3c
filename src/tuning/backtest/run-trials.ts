/** Reads what the trials need, chunk by chunk, the next one while the present one is judged. */
import type { Result } from '../../lib/result.ts';
import type { HistoryChunk, HistoryFailure, HistorySource, Span } from '../../metrics/history.ts';
import { selectorsOf } from '../../metrics/wanted-series.ts';
import type { LabelValues } from '../../rules/promql.ts';
import type { Rule } from '../../rules/rule.ts';
import { type Hindrance, Replay } from './replay.ts';
import type { Trial } from './trial.ts';

export interface RunTrials {
  readonly trials: readonly Trial[];
  readonly history: HistorySource;
  readonly measured: readonly Rule[];
  readonly select: LabelValues;
  readonly lookbackMs: number;
  readonly mostSpacingMs: number;
  /** The longest span that is asked for at once. */
  readonly chunkMs: number;
  readonly withinMs: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onProgress: (progress: RunProgress) => void;
}

export interface RunProgress {
  readonly doneMs: number;
  readonly totalMs: number;
  /** History is judged up to there. */
  readonly atMs: number;
  readonly samples: number;
}

export interface Ran {
  readonly hindrances: readonly Hindrance[];
  /** Everything before it was judged; null: everything was. */
  readonly stoppedAtMs: number | null;
  /** Why it stopped, where that was not the person's wish. */
  readonly failure: string | null;
  readonly samples: number;
  readonly gaps: readonly Span[];
}

export async function runTrials(given: RunTrials): Promise<Ran> {
  const spans = spansOf(given);
  const replay = new Replay(given);
  const totalMs = spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  let [doneMs, samples] = [0, 0];
  const gaps: Span[] = [];
  const end = (stoppedAtMs: number | null, failure: string | null): Ran => ({
    hindrances: replay.hindrances,
    ...{ stoppedAtMs, failure, samples, gaps },
  });
  const deadlineMs = given.now() + given.withinMs;
  for (const span of spans)
    for await (const chunk of ahead(given.history.samples(wantedOf(given, span, deadlineMs)))) {
      if (!chunk.ok) return end(chunk.error.readToMs, chunk.error.message);
      if (given.signal.aborted) return end(chunk.value.fromMs, null);
      replay.feed(chunk.value);
      gaps.push(...chunk.value.gaps);
      doneMs += chunk.value.toMs - chunk.value.fromMs;
      samples += chunk.value.series.reduce((sum, each) => sum + each.samples.length, 0);
      given.onProgress({ doneMs, totalMs, samples, atMs: chunk.value.toMs });
    }
  return end(null, null);
}

const wantedOf = ({ measured, select, now }: RunTrials, span: Span, deadlineMs: number) => ({
  ...span,
  selectors: selectorsOf(measured),
  labels: select,
  withinMs: Math.max(1, deadlineMs - now()),
});

/** Trials that touch are read together. */
function spansOf({ trials, lookbackMs, chunkMs }: RunTrials): readonly Span[] {
  const spans: Span[] = [];
  for (const { segment } of trials.toSorted((a, b) => a.segment.fromMs - b.segment.fromMs)) {
    const fromMs = segment.fromMs - lookbackMs;
    const last = spans.at(-1);
    if (last !== undefined && fromMs <= last.toMs)
      spans[spans.length - 1] = { ...last, toMs: Math.max(last.toMs, segment.toMs) };
    else spans.push({ fromMs, toMs: segment.toMs });
  }
  return spans.flatMap((span) => pieces(span, chunkMs));
}

function pieces({ fromMs, toMs }: Span, chunkMs: number): readonly Span[] {
  const count = Math.ceil((toMs - fromMs) / chunkMs);
  return Array.from({ length: count }, (_, at) => ({
    fromMs: fromMs + at * chunkMs,
    toMs: Math.min(toMs, fromMs + (at + 1) * chunkMs),
  }));
}

type Answer = Result<HistoryChunk, HistoryFailure>;

/** One chunk is asked for while the one before is used. */
async function* ahead(chunks: AsyncIterable<Answer>): AsyncGenerator<Answer> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (;;) {
      const step = await next;
      if (step.done === true) return;
      next = iterator.next();
      yield step.value;
    }
  } finally {
    await iterator.return?.();
  }
}
