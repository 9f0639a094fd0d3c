/** Chunks of history joined to what a look at each moment would have answered: the newest samples of every series. */
import type { Sample, Series } from '../../metrics/series.ts';

interface Strip {
  readonly metric: string;
  readonly labels: Series['labels'];
  samples: readonly Sample[];
  /** What a look shows: from `from` up to before `to`. */
  from: number;
  to: number;
  shown: Series | null;
}

export class Reel {
  readonly #strips = new Map<string, Strip>();
  readonly #lookbackMs: number;

  constructor(lookbackMs: number) {
    this.#lookbackMs = lookbackMs;
  }

  /** Chunks come in order of time. A series that the new one does not have is over once it is out of sight. */
  add(series: readonly Series[], fromMs: number): void {
    for (const strip of this.#strips.values()) keepTail(strip, fromMs - this.#lookbackMs);
    for (const [key, { samples }] of this.#strips) if (samples.length === 0) this.#strips.delete(key);
    for (const { metric, labels, samples } of series) {
      const key = `${metric}${JSON.stringify(labels)}`;
      const strip = this.#strips.get(key) ?? { metric, labels, samples: [], from: 0, to: 0, shown: null };
      this.#strips.set(key, strip);
      strip.samples = strip.samples.length === 0 ? samples : [...strip.samples, ...samples];
    }
  }

  /** As a source would have answered at that moment; moments come in order. */
  at(nowMs: number): readonly Series[] {
    const shown: Series[] = [];
    for (const strip of this.#strips.values()) {
      const series = advance(strip, nowMs, nowMs - this.#lookbackMs);
      if (series !== null) shown.push(series);
    }
    return shown;
  }
}

function keepTail(strip: Strip, fromMs: number): void {
  const first = strip.samples.findIndex(({ atMs }) => atMs >= fromMs);
  strip.samples = first < 0 ? [] : strip.samples.slice(first);
  [strip.from, strip.to, strip.shown] = [0, 0, null];
}

/** The same object as long as it holds the same samples, so that what is known of it stays known. */
function advance(strip: Strip, nowMs: number, fromMs: number): Series | null {
  const { samples } = strip;
  let { from, to } = strip;
  while (to < samples.length && (samples[to]?.atMs ?? 0) <= nowMs) to += 1;
  while (from < to && (samples[from]?.atMs ?? 0) <= fromMs) from += 1;
  if (from === to) return null;
  if (strip.shown === null || from !== strip.from || to !== strip.to) {
    strip.shown = { metric: strip.metric, labels: strip.labels, samples: samples.slice(from, to) };
    [strip.from, strip.to] = [from, to];
  }
  return strip.shown;
}
