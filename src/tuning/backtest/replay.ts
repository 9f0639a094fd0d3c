/** Chunks of history past all trials, once: each moment is looked at by the trials that are under way then. */
import type { Series } from '../../metrics/series.ts';
import { spacingOf } from '../past/spacing.ts';
import { Reel } from './reel.ts';
import type { Trial } from './trial.ts';

export interface Chunk {
  readonly fromMs: number;
  readonly toMs: number;
  readonly series: readonly Series[];
}

export interface ReplayOptions {
  readonly trials: readonly Trial[];
  readonly lookbackMs: number;
  /** Samples further apart than this say too little of a window. */
  readonly mostSpacingMs: number;
}

export class Replay {
  readonly #options: ReplayOptions;
  readonly #reel: Reel;
  #spacingMs: number | null = null;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#reel = new Reel(options.lookbackMs);
  }

  feed({ fromMs, toMs, series }: Chunk): void {
    this.#reel.add(series, fromMs);
    this.#spacingMs = spacingOf(series) ?? this.#spacingMs;
    const spacingMs = this.#spacingMs;
    if (spacingMs === null) return;
    const here = this.#options.trials.filter(({ segment }) => segment.fromMs < toMs && segment.toMs > fromMs);
    if (spacingMs > this.#options.mostSpacingMs) {
      for (const trial of here) trial.hinder(spacingMs);
      return;
    }
    const tickMs = Math.max(1_000, Math.round(spacingMs / 1_000) * 1_000);
    for (let nowMs = Math.ceil(fromMs / tickMs) * tickMs; nowMs < toMs; nowMs += tickMs) this.#tick(here, nowMs);
  }

  #tick(trials: readonly Trial[], nowMs: number): void {
    let seen: readonly Series[] | null = null;
    for (const trial of trials) {
      if (nowMs < trial.segment.fromMs || nowMs >= trial.segment.toMs) continue;
      seen ??= this.#reel.at(nowMs);
      trial.tick(nowMs, seen);
    }
  }
}
