/** Requests that a mesh sent each way since its weights were written, from its raw counters: nothing that was counted before. */

import type { Sample, Series } from '../metrics/series.ts';
import { targetOf } from '../metrics/series-key.ts';
import type { Backend } from '../workload/workload.ts';

export type Sent = Readonly<Record<Backend, number>>;

/** What it counts, and for whom; null: for neither. */
export type BackendOf = (series: Series) => Backend | null;

/** Requests after which older ones are forgotten: a mesh that comes late would be outvoted by them for long. */
const span = 1_000;

const nobody: Sent = { canary: 0, stable: 0 };

/**
 *   weights written ──► first sample of each counter after it: counted from there
 *                       a counter that its process had not shown before: all of it
 *                       span full ──► the span before is forgotten
 */
export class ShareTally {
  readonly #sinceMs: number;
  readonly #last = new Map<string, Sample>();
  /** Time of the first sample of each process. */
  readonly #firstMs = new Map<string, number>();
  #before: Sent = nobody;
  #now: Sent = nobody;

  /** `sinceMs`: epoch ms. */
  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  get sent(): Sent {
    return { canary: this.#before.canary + this.#now.canary, stable: this.#before.stable + this.#now.stable };
  }

  /** An answer with all that the counters said lately. */
  take(answer: readonly Series[], backendOf: BackendOf): void {
    const counters = answer.flatMap((series) => {
      const backend = backendOf(series);
      const samples = series.samples.filter(({ atMs, value }) => atMs >= this.#sinceMs && Number.isFinite(value));
      return backend === null || samples.length === 0 ? [] : [{ ...series, samples, backend }];
    });
    for (const { labels, samples } of counters) this.#see(targetOf(labels), samples[0]?.atMs ?? 0);
    for (const counter of counters) this.#count(counter, counter.backend);
    if (this.#now.canary + this.#now.stable < span) return;
    this.#before = this.#now;
    this.#now = nobody;
  }

  #see(target: string, atMs: number): void {
    this.#firstMs.set(target, Math.min(atMs, this.#firstMs.get(target) ?? atMs));
  }

  #count(series: Series, backend: Backend): void {
    const key = JSON.stringify([series.metric, series.labels]);
    let last = this.#last.get(key) ?? this.#beginOf(series);
    let counted = 0;
    for (const sample of series.samples) {
      if (sample.atMs <= last.atMs) continue;
      // A lower value is that of a process that started anew.
      counted += sample.value < last.value ? sample.value : sample.value - last.value;
      last = sample;
    }
    this.#last.set(key, last);
    this.#now = { ...this.#now, [backend]: this.#now[backend] + counted };
  }

  #beginOf({ labels, samples: [first = { atMs: 0, value: 0 }] }: Series): Sample {
    const firstMs = this.#firstMs.get(targetOf(labels)) ?? first.atMs;
    return firstMs < first.atMs ? { atMs: firstMs, value: 0 } : first;
  }
}
