/** What a rule measures (its SLI), as series of a metric source; `arm` matchers are added per release. */

export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** One PromQL vector selector without its range: `metric{matchers}`. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

export type Sli =
  /** Bad events out of all: counters, summed over their series. */
  | {
      readonly kind: 'ratio';
      readonly bad: Selector;
      readonly total: Selector;
      /** Streams that live long: `total` counts their starts, `bad` abnormal closes, each an event of its own. */
      readonly streams?: true;
    }
  /** Requests slower than the bound: a histogram's cumulative buckets. `histogram.metric` is the name without `_bucket`. */
  | {
      readonly kind: 'latency';
      readonly histogram: Selector;
      /** 0.95 for a p95: at most 5 % may be slower than the bound. */
      readonly quantile: number;
      /** The threshold in the histogram's own unit: the `le` of the bucket that decides. */
      readonly bound: number;
      /** 1 when the histogram counts seconds, 1000 when milliseconds. */
      readonly unitsPerSecond: number;
      /** Take the next lower bucket bound when none equals the threshold. */
      readonly snap: boolean;
    }
  /** The share of all requests that the canary gets. `agoMs`: instead, all requests now against so long ago. */
  | { readonly kind: 'volume'; readonly total: Selector; readonly agoMs?: number }
  /** A level, one value an instance; an arm's value is the aggregate of its instances'. */
  | { readonly kind: 'gauge'; readonly selector: Selector; readonly aggregate: 'avg' | 'max' }
  /** Whether an alert fires that somebody else's rules raise; whose it is, its labels say. */
  | { readonly kind: 'alert'; readonly alertname: string; readonly labels: Readonly<Record<string, string>> }
  /** A level computed by the source; `$arm` in the expression stands for the arm's matchers. */
  | { readonly kind: 'expression'; readonly promql: string; readonly aggregate: 'avg' | 'max' };
