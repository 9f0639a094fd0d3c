/** Counters of the requests that Sluice makes itself, by instance and code: apart from everybody else's, for rules of their own. */
import { instanceName } from '../lib/instance-name.ts';

export interface LoadSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Counted {
  readonly codes: Map<string, number>;
  readonly buckets: number[];
  count: number;
  sum: number;
}

/** Instances that are remembered; the oldest are forgotten. */
const mostInstances = 200;

export class LoadCounters {
  readonly #instances = new Map<string, Counted>();

  /** `url`: of the instance; `code` 0: it did not answer. */
  count(url: string, code: string, seconds: number): void {
    const instance = instanceName(url);
    const counted = this.#instances.get(instance) ?? this.#begin(instance);
    counted.codes.set(code, (counted.codes.get(code) ?? 0) + 1);
    counted.count += 1;
    counted.sum += seconds;
    for (const [index, bound] of bounds.entries())
      if (seconds <= bound) counted.buckets[index] = (counted.buckets[index] ?? 0) + 1;
  }

  series(): readonly LoadSeries[] {
    return [...this.#instances].flatMap(([instance, { buckets, codes, count, sum }]) => {
      const named = 'sluice_load_request_duration_seconds';
      const one = (metric: string, value: number, labels: Record<string, string> = {}): LoadSeries => ({
        metric,
        labels: { instance, ...labels },
        value,
      });
      return [
        ...[...codes].map(([code, value]) => one('sluice_load_requests_total', value, { code })),
        ...bounds.map((le, index) => one(`${named}_bucket`, buckets[index] ?? 0, { le: String(le) })),
        one(`${named}_bucket`, count, { le: '+Inf' }),
        one(`${named}_count`, count),
        one(`${named}_sum`, sum),
      ];
    });
  }

  #begin(instance: string): Counted {
    const counted = { codes: new Map<string, number>(), buckets: [], count: 0, sum: 0 };
    this.#instances.set(instance, counted);
    const [oldest] = this.#instances.keys();
    if (this.#instances.size > mostInstances && oldest !== undefined) this.#instances.delete(oldest);
    return counted;
  }
}
