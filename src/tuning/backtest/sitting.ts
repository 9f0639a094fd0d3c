/** Some releases judged in one go: their history is read chunk by chunk, the next one while the present one is judged. */
import type { Result } from '../../lib/result.ts';
import type { HistoryChunk, HistoryFailure, HistorySource, Span } from '../../metrics/history.ts';
import { selectorsOf } from '../../metrics/wanted-series.ts';
import type { Plan } from '../../release/plan.ts';
import type { LabelValues } from '../../rules/promql.ts';
import type { Brief } from './brief.ts';
import type { Docket } from './docket.ts';
import { Replay } from './replay.ts';
import { Trial, type TrialOutcome } from './trial.ts';

/** What all sittings of a backtest have in common. */
export interface Court {
  readonly docket: Docket;
  readonly plan: Plan;
  readonly select: LabelValues;
  readonly lookbackMs: number;
  /** Samples further apart than this say too little of a window. */
  readonly mostSpacingMs: number;
  /** The longest span that is asked for at once. */
  readonly chunkMs: number;
}

export interface Sitting {
  readonly briefs: readonly Brief[];
  /** For reading all its history. */
  readonly withinMs: number;
}

export interface SittingProgress {
  readonly doneMs: number;
  /** History is judged up to there. */
  readonly atMs: number;
  readonly samples: number;
}

export interface Sat {
  /** One a brief, in their order. */
  readonly outcomes: readonly TrialOutcome[];
  /** Everything before it was judged; null: everything was. */
  readonly stoppedAtMs: number | null;
  /** Why it stopped, where that was not the person's wish. */
  readonly failure: string | null;
  readonly gaps: readonly Span[];
}

export interface Hooks {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: SittingProgress) => void;
}

export async function sit(
  { court, history }: { readonly court: Court; readonly history: HistorySource },
  { briefs, withinMs }: Sitting,
  { signal, onProgress }: Hooks,
): Promise<Sat> {
  const trials = briefs.map((brief) => new Trial(brief, court));
  const replay = new Replay({ ...court, trials });
  let [doneMs, samples] = [0, 0];
  const gaps: Span[] = [];
  const end = (stoppedAtMs: number | null, failure: string | null): Sat => ({
    outcomes: trials.map((trial) => trial.outcome()),
    ...{ stoppedAtMs, failure, gaps },
  });
  for (const span of spansOf(briefs, court)) {
    const wanted = { ...span, selectors: selectorsOf(court.docket.measured), labels: court.select, withinMs, signal };
    for await (const chunk of ahead(history.samples(wanted))) {
      if (signal.aborted) return end(chunk.ok ? chunk.value.fromMs : chunk.error.readToMs, null);
      if (!chunk.ok) return end(chunk.error.readToMs, chunk.error.message);
      replay.feed(chunk.value);
      gaps.push(...chunk.value.gaps);
      doneMs += chunk.value.toMs - chunk.value.fromMs;
      samples += chunk.value.series.reduce((sum, each) => sum + each.samples.length, 0);
      onProgress({ doneMs, samples, atMs: chunk.value.toMs });
    }
  }
  return end(null, null);
}

/** The history that the releases need; those that touch are read together. */
export function spansOf(
  briefs: readonly Brief[],
  { lookbackMs, chunkMs }: Pick<Court, 'lookbackMs' | 'chunkMs'>,
): readonly Span[] {
  const spans: Span[] = [];
  for (const { segment } of briefs.toSorted((a, b) => a.segment.fromMs - b.segment.fromMs)) {
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
