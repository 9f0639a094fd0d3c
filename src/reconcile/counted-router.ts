/** Router whose split is verified in traffic: it tells what another writes, and what the mesh's own counters say went each way since. */
import type { Clock } from '../lib/clock.ts';
import type { Result } from '../lib/result.ts';
import type { Answer, MetricSource, ReadRequest } from '../metrics/metric-source.ts';
import type { Router, RouteState, WeightWrite, WriteProblem } from '../router/router.ts';
import { type BackendOf, ShareTally } from './share-tally.ts';

/** Counters of the requests that a mesh sends each way. */
export interface ShareCounters {
  readonly wanted: Pick<ReadRequest, 'selectors' | 'expressions' | 'arms'>;
  readonly backendOf: BackendOf;
}

export interface Counting {
  readonly source: MetricSource;
  readonly counters: ShareCounters;
  readonly clock: Clock;
  /** Hears why the counters can't be read, each time. */
  readonly troubled: (message: string) => void;
}

type Observed = Result<RouteState, WriteProblem>;

/**
 *   observe ──► state of the router, with what was counted up to now
 *      └──► counters are asked, beside it: no look at the route waits for metrics
 *   other weights than before, by whomever ──► counted anew
 */
export class CountedRouter implements Router {
  readonly name: string;
  readonly #router: Router;
  readonly #counting: Counting;
  #tally: ShareTally;
  /** Null: not seen yet. */
  #canary: number | null = null;
  #isAsking = false;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(router: Router, counting: Counting) {
    this.name = router.name;
    this.#router = router;
    this.#counting = counting;
    this.#tally = new ShareTally(counting.clock.wallMs());
  }

  async observe(): Promise<Observed> {
    const seen = this.#seen(await this.#router.observe());
    if (seen.ok) void this.#ask();
    return seen;
  }

  async write(write: WeightWrite): Promise<Observed> {
    return this.#seen(await this.#router.write(write));
  }

  async settle(release: string, epoch: number): Promise<Observed> {
    return this.#seen(await this.#router.settle(release, epoch));
  }

  closeStreams(epoch: number): ReturnType<Router['closeStreams']> {
    return this.#router.closeStreams(epoch);
  }

  /** Counters that can't be read count nothing: a weight is not taken for verified because nobody could look. */
  #seen(observed: Observed): Observed {
    if (!observed.ok) return observed;
    const { canary } = observed.value;
    if (canary !== this.#canary) this.#tally = new ShareTally(this.#counting.clock.wallMs());
    this.#canary = canary;
    return { ok: true, value: { ...observed.value, since: this.#tally.sent } };
  }

  async #ask(): Promise<void> {
    const { source, counters, clock, troubled } = this.#counting;
    const nowMs = clock.monotonicMs();
    // Looks are not exactly in time: somewhat early is on time.
    if (this.#isAsking || nowMs - this.#askedAtMs < 0.8 * source.intervalMs) return;
    this.#isAsking = true;
    this.#askedAtMs = nowMs;
    const tally = this.#tally;
    const lookbackMs = Math.max(10_000, 4 * source.intervalMs);
    try {
      const answer = await source.read({ ...counters.wanted, lookbackMs });
      const problem = problemOf(answer);
      if (problem !== null) troubled(problem);
      else if (answer.kind === 'series') tally.take(answer.series, counters.backendOf);
    } finally {
      this.#isAsking = false;
    }
  }
}

/** Half of the counters would be a share that nobody has. */
const problemOf = (answer: Answer): string | null =>
  answer.kind === 'failed' ? answer.message : (answer.failures?.[0]?.message ?? null);
