/**
 * All releases of a backtest, judged in sittings of half a day of history, several at once where there are threads.
 *
 *     releases, by time ─► │ sitting │ sitting │ sitting │ ...      the first that fails, or a person, ends it:
 *                              ▲         ▲                          what is judged without a hole before it counts
 *                          thread 1   thread 2
 */
import type { Span } from '../../metrics/history.ts';
import type { Brief } from './brief.ts';
import type { Court, Hooks, Sat, Sitting, SittingProgress } from './sitting.ts';
import { spansOf } from './sitting.ts';
import { type TrialOutcome, unheard } from './trial.ts';

/** Who judges a sitting: this thread, or others. */
export interface Bench {
  /** So many at once. */
  readonly atOnce: number;
  readonly sit: (sitting: Sitting, hooks: Hooks) => Promise<Sat>;
  readonly close: () => Promise<void>;
}

export interface AllSittings {
  readonly briefs: readonly Brief[];
  readonly court: Court;
  readonly bench: Bench;
  readonly withinMs: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onProgress: (progress: RunProgress) => void;
}

export interface RunProgress extends SittingProgress {
  readonly totalMs: number;
}

/** Its outcomes are those of all briefs, in their order. */
export interface Ran extends Sat {
  readonly samples: number;
}

const sittingMs = 12 * 3_600_000;

export async function judgeAll(given: AllSittings): Promise<Ran> {
  const run = new Run(given);
  try {
    await Promise.all(Array.from({ length: given.bench.atOnce }, () => run.work()));
  } finally {
    await given.bench.close();
  }
  return run.ran();
}

/** By the time of their history; a sitting begins anew after half a day. */
function sittingsOf(briefs: readonly Brief[]): readonly (readonly Brief[])[] {
  const sittings: Brief[][] = [];
  for (const brief of briefs.toSorted((a, b) => a.segment.fromMs - b.segment.fromMs)) {
    const last = sittings.at(-1);
    const fromMs = last?.[0]?.segment.fromMs;
    if (last === undefined || fromMs === undefined || brief.segment.toMs - fromMs > sittingMs) sittings.push([brief]);
    else last.push(brief);
  }
  return sittings;
}

class Run {
  readonly #given: AllSittings;
  readonly #waiting: (readonly Brief[])[];
  readonly #deadlineMs: number;
  readonly #totalMs: number;
  readonly #outcomes = new Map<Brief, TrialOutcome>();
  readonly #under = new Map<readonly Brief[], SittingProgress>();
  readonly #gaps: Span[] = [];
  readonly #stops: number[] = [];
  #failure: string | null = null;

  constructor(given: AllSittings) {
    this.#given = given;
    this.#waiting = [...sittingsOf(given.briefs)];
    this.#deadlineMs = given.now() + given.withinMs;
    this.#totalMs = this.#waiting.reduce((sum, briefs) => sum + lengthOf(spansOf(briefs, given.court)), 0);
  }

  /** Takes one sitting after the other, until none is left or one stopped. */
  async work(): Promise<void> {
    const { bench, now, signal } = this.#given;
    for (let briefs = this.#next(); briefs !== null; briefs = this.#next()) {
      const sitting = { briefs, withinMs: Math.max(1, this.#deadlineMs - now()) };
      this.#take(briefs, await bench.sit(sitting, { signal, onProgress: this.#teller(briefs) }));
    }
  }

  ran(): Ran {
    const left = this.#waiting[0]?.[0]?.segment.fromMs;
    const stops = left === undefined ? this.#stops : [...this.#stops, left];
    return {
      outcomes: this.#given.briefs.map((brief) => this.#outcomes.get(brief) ?? unheard(brief)),
      stoppedAtMs: stops.length === 0 ? null : Math.min(...stops),
      failure: this.#failure,
      samples: this.#sum(({ samples }) => samples),
      gaps: this.#gaps.toSorted((a, b) => a.fromMs - b.fromMs),
    };
  }

  #next(): readonly Brief[] | null {
    if (this.#stops.length > 0 || this.#given.signal.aborted) return null;
    return this.#waiting.shift() ?? null;
  }

  #take(briefs: readonly Brief[], { outcomes, stoppedAtMs, failure, gaps }: Sat): void {
    briefs.forEach((brief, at) => this.#outcomes.set(brief, outcomes[at] ?? unheard(brief)));
    this.#gaps.push(...gaps);
    if (stoppedAtMs !== null) this.#stops.push(stoppedAtMs);
    this.#failure ??= failure;
  }

  #teller(briefs: readonly Brief[]): (progress: SittingProgress) => void {
    return (progress) => {
      this.#under.set(briefs, progress);
      const [doneMs, samples] = [this.#sum((each) => each.doneMs), this.#sum((each) => each.samples)];
      this.#given.onProgress({ doneMs, samples, atMs: progress.atMs, totalMs: this.#totalMs });
    };
  }

  #sum(of: (progress: SittingProgress) => number): number {
    return [...this.#under.values()].reduce((sum, each) => sum + of(each), 0);
  }
}

const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
