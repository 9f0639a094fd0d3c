/**
 * One pod as two: each increment of its counters goes to one of two counters, by lot, so that both grow as a healthy
 * canary and stable would.
 *
 *     pod   0 ─3─► 3 ─2─► 5 ─4─► 9        canary  0 ─3─► 3 ────► 3 ─4─► 7
 *                                         stable  0 ────► 0 ─2─► 2 ────► 2
 */
import type { Arms, Sample, Series } from '../../metrics/series.ts';
import { createdName } from '../../metrics/series-key.ts';
import { startMetric } from '../../metrics/target-view.ts';

export interface InterleaveOptions {
  readonly seed: number;
  readonly counters: ReadonlySet<string>;
  readonly lookbackMs: number;
}

const arms: Arms = { canary: { instance: ['canary'] }, stable: { instance: ['stable'] } };
const armsAtEnd: Arms = { canary: arms.canary, stable: { instance: [] } };

interface Pair {
  readonly last: Sample;
  readonly canary: readonly Sample[];
  readonly stable: readonly Sample[];
}

export class Interleaver {
  readonly #options: InterleaveOptions;
  readonly #hidden: ReadonlySet<string>;
  readonly #pairs = new Map<string, Pair>();

  constructor(options: InterleaveOptions) {
    this.#options = options;
    // The new counters never fall, so what tells of restarts would be taken for one.
    this.#hidden = new Set([startMetric, ...[...options.counters].map(createdName)]);
  }

  look(
    series: readonly Series[],
    nowMs: number,
    percent: number,
  ): { readonly series: readonly Series[]; readonly arms: Arms } {
    const shown = series.filter(({ metric }) => !this.#hidden.has(metric));
    return {
      series: shown.flatMap((each) =>
        this.#options.counters.has(each.metric) ? this.#counter(each, nowMs, percent) : bothOf(each, each),
      ),
      arms: percent === 100 ? armsAtEnd : arms,
    };
  }

  #counter(series: Series, nowMs: number, percent: number): readonly Series[] {
    const key = `${series.metric}${JSON.stringify(series.labels)}`;
    let pair = this.#pairs.get(key) ?? startOf(series);
    if (pair === null) return [];
    for (const sample of series.samples) {
      if (sample.atMs <= pair.last.atMs || !Number.isFinite(sample.value)) continue;
      pair = dealt(pair, sample, this.#isCanarys(sample.atMs, percent));
    }
    const fromMs = nowMs - this.#options.lookbackMs;
    const recent = (samples: readonly Sample[]): readonly Sample[] =>
      samples.length > 64 ? samples.filter(({ atMs }) => atMs > fromMs) : samples;
    pair = { ...pair, canary: recent(pair.canary), stable: recent(pair.stable) };
    this.#pairs.set(key, pair);
    return bothOf({ ...series, samples: pair.canary }, { ...series, samples: pair.stable });
  }

  /** All counters of a scrape go the same way: what failed is of the same requests. */
  #isCanarys(atMs: number, percent: number): 'canary' | 'stable' {
    let mixed = Math.imul((Math.floor(atMs / 1000) ^ this.#options.seed) >>> 0, 0x9e3779b1);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296 < percent / 100 ? 'canary' : 'stable';
  }
}

function startOf({ samples }: Series): Pair | null {
  const first = samples.find(({ value }) => Number.isFinite(value));
  if (first === undefined) return null;
  const zero = { atMs: first.atMs, value: 0 };
  return { last: first, canary: [zero], stable: [zero] };
}

function dealt(pair: Pair, sample: Sample, to: 'canary' | 'stable'): Pair {
  const increment = sample.value >= pair.last.value ? sample.value - pair.last.value : sample.value;
  const next = (samples: readonly Sample[], by: number): readonly Sample[] => [
    ...samples,
    { atMs: sample.atMs, value: (samples.at(-1)?.value ?? 0) + by },
  ];
  return {
    last: sample,
    canary: next(pair.canary, to === 'canary' ? increment : 0),
    stable: next(pair.stable, to === 'stable' ? increment : 0),
  };
}

const bothOf = (canary: Series, stable: Series): readonly Series[] => [
  { ...canary, labels: { ...canary.labels, instance: 'canary' } },
  { ...stable, labels: { ...stable.labels, instance: 'stable' } },
];
