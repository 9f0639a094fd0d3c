/**
 * Keeps the state: reads what the server has, reads again what an event says has changed, and tells who draws it.
 *
 *     events ──► which release ──throttled──► GET it ──► state ──► page
 *     connected, gap ───────────────────────► GET all
 */
import type { LogEntry } from '../release/log.ts';
import type { ReleaseChart } from '../report/chart/release-chart.ts';
import type { PolicySummary } from '../report/policy-summary.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { Answer, Api } from './api.ts';
import type { ServerEvent } from './event-parser.ts';
import type { Connection } from './freshness.ts';
import type { Listener } from './live-stream.ts';
import { initialState, type Me, type State } from './state.ts';
import { Throttle } from './throttle.ts';

/** A release that changes ten times a second is drawn twice. */
const everyMs = 500;
const chartEveryMs = 2_000;

/** A chart is read as a whole: of a long release, whose picture hardly moves, less often. */
const chartPauseMs = ({ chart }: State): number =>
  chart === null ? chartEveryMs : Math.max(chartEveryMs, (chart.next - chart.startedAtMs) / 200);

/** As many are asked for one by one; more are one question. */
const fewReleases = 6;

/** More than a person looks through. */
const listed = 200;

export class Store implements Listener {
  readonly #api: Api;
  readonly #listeners = new Set<() => void>();
  readonly #stale = new Set<string>();
  readonly #releases = new Throttle(
    () => everyMs,
    () => this.#readStale(),
  );
  #chart = this.#throttled('chart');
  #log = this.#throttled('log');
  #open: string | null = null;
  state: State = initialState;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Answers how to stop. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The release that is looked at has its log and its charts read, too; null: none is. */
  look(id: string | null): void {
    if (this.#open === id) return;
    this.#open = id;
    this.#set({ log: [], chart: null });
    // Another release does not wait for what the one before it was slow in.
    this.#chart = this.#throttled('chart');
    this.#log = this.#throttled('log');
    if (id !== null) this.#changed(id);
  }

  event({ data }: ServerEvent): void {
    const { id } = JSON.parse(data) as { readonly id?: unknown };
    if (typeof id === 'string') this.#changed(id);
  }

  connection(connection: Connection): void {
    this.#set({ connection });
  }

  unauthorized(): void {
    this.#set({ wantsToken: true });
  }

  /** The prompt goes away until the server has said what it thinks of the token. */
  tryToken(): void {
    this.#set({ wantsToken: false });
    this.readAnew();
  }

  readAnew(): void {
    void this.#readAll();
    if (this.#open !== null) this.#changed(this.#open);
  }

  /** The answer to an order is newer than what is shown. */
  show(view: ReleaseView): void {
    const releases = new Map(this.state.releases);
    releases.set(view.id, view);
    this.#set({ releases, aheadMs: view.times.nowMs - Date.now() });
  }

  #throttled(what: 'chart' | 'log'): Throttle {
    return what === 'chart'
      ? new Throttle(
          () => chartPauseMs(this.state),
          () => this.#readChart(),
        )
      : new Throttle(
          () => everyMs,
          () => this.#readLog(),
        );
  }

  #changed(id: string): void {
    this.#stale.add(id);
    this.#releases.wish();
    if (id !== this.#open) return;
    this.#log.wish();
    this.#chart.wish();
  }

  async #readAll(): Promise<void> {
    const [releases, policies, me] = await Promise.all([
      this.#api.get<{ readonly releases: readonly ReleaseView[] }>(`releases?limit=${listed}`),
      this.#api.get<{ readonly policies: readonly PolicySummary[] }>('policies'),
      this.#api.get<Me>('me'),
    ]);
    this.#take(me, (value) => ({ me: value, wantsToken: false }));
    this.#take(policies, (value) => ({ policies: value.policies }));
    this.#take(releases, (value) => ({ releases: this.#withOpen(value.releases), ...aheadOf(value.releases[0]) }));
  }

  /** An old one that is looked at stays. */
  #withOpen(views: readonly ReleaseView[]): ReadonlyMap<string, ReleaseView> {
    const open = this.#open === null ? undefined : this.state.releases?.get(this.#open);
    return new Map([...(open === undefined ? [] : [open]), ...views].map((view) => [view.id, view]));
  }

  async #readStale(): Promise<void> {
    const ids = [...this.#stale];
    this.#stale.clear();
    if (ids.length > fewReleases) await this.#readAll();
    else await Promise.all(ids.map((id) => this.#readRelease(id)));
  }

  async #readRelease(id: string): Promise<void> {
    const answer = await this.#api.get<ReleaseView>(`releases/${encodeURIComponent(id)}`);
    if (answer.ok) this.show(answer.value);
    this.#take(answer, () => ({}));
  }

  async #readLog(): Promise<void> {
    const { log } = this.state;
    const id = this.#open;
    if (id === null) return;
    const answer = await this.#api.get<{ readonly entries: readonly LogEntry[] }>(
      `releases/${encodeURIComponent(id)}/log?after=${log.length}`,
    );
    if (id === this.#open && log === this.state.log)
      this.#take(answer, ({ entries }) => (entries.length === 0 ? {} : { log: [...log, ...entries] }));
  }

  async #readChart(): Promise<void> {
    const id = this.#open;
    if (id === null) return;
    const answer = await this.#api.get<ReleaseChart>(`releases/${encodeURIComponent(id)}/chart`);
    if (id === this.#open) this.#take(answer, (chart) => ({ chart }));
  }

  #take<T>(answer: Answer<T>, change: (value: T) => Partial<State>): void {
    if (answer.ok) this.#set({ ...change(answer.value), problem: null });
    else if (answer.error.status === 401) this.unauthorized();
    else this.#set({ problem: answer.error.message });
  }

  #set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const aheadOf = (view: ReleaseView | undefined): Partial<State> =>
  view === undefined ? {} : { aheadMs: view.times.nowMs - Date.now() };
