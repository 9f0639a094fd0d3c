/**
 * One process's /metrics, asked again and again; keeps its last few answers.
 *
 *     idle ──due──► asking ──answer──► idle (up 1, samples)
 *                      └──failure────► idle (up 0, samples as they were)
 */
import type { Clock } from '../lib/clock.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { type ExposedSample, formatOf, parseExposition } from './exposition.ts';
import { exchange, type Failure, type Reply } from './prometheus-http.ts';
import type { Labels, Sample, Series } from './series.ts';

export interface ScrapeTarget {
  /** host:port, or what else names the process: the value of its `instance` label. */
  readonly instance: string;
  /** `http://host:port/metrics`, or `unix:/path/to.sock:/metrics`. */
  readonly url: string;
  readonly labels?: Labels;
}

export interface ScrapeLimits {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly clock: Clock;
}

/** Readers that come by less often than others still find a sample of each moment in between. */
const keep = 4;

const accept = 'application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

type Page = readonly Series[];

export class TargetScraper {
  readonly target: ScrapeTarget;
  readonly #limits: ScrapeLimits;
  #pages: readonly Page[] = [];
  #up: readonly Sample[] = [];
  #failure: Failure | null = null;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  constructor(target: ScrapeTarget, limits: ScrapeLimits) {
    this.target = target;
    this.#limits = limits;
  }

  /** Why its last scrape failed; null: it did not, or there was none yet. */
  get failure(): Failure | null {
    return this.#failure;
  }

  get wasAsked(): boolean {
    return this.#up.length > 0;
  }

  /** Asks if it is time to; resolves when no question is open. */
  refresh(): Promise<void> {
    const { clock, intervalMs } = this.#limits;
    const nowMs = clock.monotonicMs();
    // Readers' timers are not exact: somewhat early is on time.
    if (this.#asking === null && nowMs - this.#askedAtMs >= 0.8 * intervalMs) {
      this.#askedAtMs = nowMs;
      this.#asking = this.#ask().finally(() => {
        this.#asking = null;
      });
    }
    return this.#asking ?? Promise.resolve();
  }

  /** Its samples of the metrics wanted, and `up`. */
  series(isWanted: (metric: string) => boolean): readonly Series[] {
    const bySeries = new Map<string, Series>();
    for (const page of this.#pages)
      for (const each of page) {
        if (!isWanted(each.metric)) continue;
        const key = `${each.metric} ${JSON.stringify(each.labels)}`;
        bySeries.set(key, joined(bySeries.get(key), each));
      }
    const up: Series = { metric: 'up', labels: this.#labels, samples: this.#up };
    return [...bySeries.values(), ...(isWanted('up') && this.wasAsked ? [up] : [])];
  }

  get #labels(): Labels {
    return { ...this.target.labels, instance: this.target.instance };
  }

  async #ask(): Promise<void> {
    const atMs = this.#limits.clock.wallMs();
    const result = await this.#page(atMs);
    this.#failure = result.ok ? null : result.error;
    if (atMs < (this.#up.at(-1)?.atMs ?? 0)) this.#forget();
    if (result.ok) this.#pages = [...this.#pages, result.value].slice(-keep);
    this.#up = [...this.#up, { atMs, value: result.ok ? 1 : 0 }]
      .filter((each, at, all) => at === 0 || each.atMs > (all[at - 1]?.atMs ?? 0))
      .slice(-keep);
  }

  /** The clock was set back: what has later times would hide what is new. */
  #forget(): void {
    this.#pages = [];
    this.#up = [];
  }

  async #page(atMs: number): Promise<Result<Page, Failure>> {
    const { instance, url } = this.target;
    const { timeoutMs, maxBytes } = this.#limits;
    const reply = await exchange({ ...addressOf(url), form: null, headers: { accept }, timeoutMs, maxBytes, ca: null });
    if (!reply.ok) return reply;
    const rows = rowsOf(reply.value, pathIn(url));
    if (!rows.ok) return failed({ ...rows.error, message: `${instance}: ${rows.error.message}` });
    return ok(rows.value.map((row) => seriesOf(row, this.#labels, atMs)));
  }
}

const unixAddress = /^unix:(\/[^:]+):(\/.*)$/;

const addressOf = (url: string): { readonly url: string; readonly socketPath: string | null } => {
  const [, socketPath, path] = unixAddress.exec(url) ?? [];
  return socketPath === undefined ? { url, socketPath: null } : { url: `http://localhost${path}`, socketPath };
};

const pathIn = (url: string): string => new URL(addressOf(url).url).pathname;

function rowsOf({ status, contentType, body }: Reply, path: string): Result<readonly ExposedSample[], Failure> {
  if (status !== 200) return failed({ reason: 'Unreachable', message: `${path} answered ${status}` });
  if (/html/i.test(contentType))
    return failed({ reason: 'Malformed', message: 'a web page where metrics were due; check the path of the metrics' });
  const rows = parseExposition(body, formatOf(contentType));
  return rows.ok ? rows : failed({ reason: 'Malformed', message: `no metrics in text format: ${rows.error}` });
}

/** The target's labels win; what the process says under their names is kept as `exported_...`, as Prometheus does it. */
function seriesOf({ metric, labels, value, atMs: own }: ExposedSample, added: Labels, atMs: number): Series {
  const kept = Object.entries(labels).map(([label, text]): readonly [string, string] => [
    Object.hasOwn(added, label) ? `exported_${label}` : label,
    text,
  ]);
  return { metric, labels: { ...Object.fromEntries(kept), ...added }, samples: [{ atMs: own ?? atMs, value }] };
}

/** A sample that is not newer (the process gives times of its own, or writes a series twice) is passed over. */
function joined(before: Series | undefined, next: Series): Series {
  if (before === undefined) return next;
  const lastMs = before.samples.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  return { ...before, samples: [...before.samples, ...next.samples.filter(({ atMs }) => atMs > lastMs)] };
}
