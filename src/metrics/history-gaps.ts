/**
 * Where a history has no sample of any series; chunk by chunk, in the order of time.
 *
 *     |--x-x-x----|-------x-x--|       one gap, told with the second chunk: from the last x before to the first x after
 */
import type { Span } from './history.ts';
import type { Series } from './series.ts';

/** Samples are looked at by slots; shorter than half of any gap that is told. */
const slotMs = 60_000;

/** Prometheus itself takes a series for gone after this. */
export const leastGapMs = 300_000;

export class GapTracker {
  readonly #leastMs: number;
  /** The newest sample so far, or where the span begins. */
  #seenMs: number;

  constructor(fromMs: number, leastMs: number = leastGapMs) {
    this.#seenMs = fromMs;
    this.#leastMs = leastMs;
  }

  /** The gaps that end in this chunk. */
  add(chunk: Span & { readonly series: readonly Series[] }): readonly Span[] {
    const gaps: Span[] = [];
    for (const [firstMs, lastMs] of occupied(chunk)) {
      if (firstMs - this.#seenMs >= this.#leastMs) gaps.push({ fromMs: this.#seenMs, toMs: firstMs });
      this.#seenMs = Math.max(this.#seenMs, lastMs);
    }
    return gaps;
  }

  /** The gap up to the end of the span, if there is one. */
  end(toMs: number): readonly Span[] {
    return toMs - this.#seenMs >= this.#leastMs ? [{ fromMs: this.#seenMs, toMs }] : [];
  }
}

/** First and last sample of each slot that has any, in the order of time. */
function occupied({
  fromMs,
  toMs,
  series,
}: Span & { readonly series: readonly Series[] }): readonly [number, number][] {
  const slots = Math.ceil((toMs - fromMs) / slotMs);
  const first = new Float64Array(slots).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY);
  for (const { samples } of series)
    for (const { atMs } of samples) {
      const slot = Math.floor((atMs - fromMs) / slotMs);
      if (atMs < (first[slot] ?? atMs)) first[slot] = atMs;
      if (atMs > (last[slot] ?? atMs)) last[slot] = atMs;
    }
  const found: [number, number][] = [];
  first.forEach((firstMs, slot) => {
    if (Number.isFinite(firstMs)) found.push([firstMs, last[slot] ?? firstMs]);
  });
  return found;
}
