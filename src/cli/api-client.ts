/** The controller's HTTP API, as the commands use it: answers are values, and a failure says what to do next. */
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import type { RollbackPoint } from '../backup/snapshots.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { masked } from '../lib/secret/masked.ts';
import type { Attestation } from '../release/attestation.ts';
import type { DeliveryFilter } from '../release/delivery-log.ts';
import type { LogEntry } from '../release/log.ts';
import type { Recording } from '../release/recording.ts';
import { mostTrailAtOnce, type TrailEntry, type TrailFilter } from '../release/trail.ts';
import type { TrailProof } from '../release/trail-proof.ts';
import type { DeploymentReport } from '../report/deployment/deployment-report.ts';
import type { PolicyHistory } from '../report/history-view.ts';
import type { PolicySummary } from '../report/policy-summary.ts';
import type { ShownDelivery } from '../report/records-view.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { RestoreReport } from '../report/restore-report.ts';
import type { StableView } from '../report/stable-view.ts';
import type { Period } from '../report/trends/period.ts';
import type { Trends } from '../report/trends/trends.ts';
import type { QueriesOfRelease } from '../server/rule-queries.ts';
import { shownText } from './render/shown.ts';
import { type Asked, unreachable } from './unreachable.ts';

export interface LogPage {
  readonly release: string;
  readonly entries: readonly LogEntry[];
  /** What to ask for later: entries behind this many. */
  readonly next: number;
}

export interface ReleaseQuery {
  readonly policy?: string;
  readonly active?: true;
}

const timeoutMs = 10_000;

/** The answer to a start may have to wait until the release before it has made way. */
const startTimeoutMs = 90_000;

/** Much is copied, or read and compared, and whoever stands outside is asked. */
const diskTimeoutMs = 1_200_000;

export class ApiClient {
  readonly #http: AxiosInstance;
  readonly #server: string;
  /** Whatever answers there may throw them back. */
  readonly #secrets: readonly string[];

  constructor(server: string, token: string | null, timeout = timeoutMs) {
    const address = server.replace(/\/$/, '');
    this.#server = withoutPassword(address);
    this.#secrets = token === null ? [] : [token];
    this.#http = axios.create({
      baseURL: `${address}/api/v1`,
      timeout,
      proxy: false,
      maxRedirects: 0,
      responseType: 'text',
      transformResponse: (body: unknown) => body,
      validateStatus: () => true,
      headers: token === null ? {} : { Authorization: `Bearer ${token}` },
    });
  }

  /** By id, the beginning of one, or a policy's name. */
  release(name: string): Promise<Result<ReleaseView>> {
    return this.#ask(this.#http.get(`/releases/${encodeURIComponent(name)}`));
  }

  async releases(query: ReleaseQuery = {}): Promise<Result<readonly ReleaseView[]>> {
    const listed = await this.#ask<{ readonly releases: readonly ReleaseView[] }>(
      this.#http.get('/releases', { params: query }),
    );
    return listed.ok ? ok(listed.value.releases) : listed;
  }

  log(name: string, after: number): Promise<Result<LogPage>> {
    return this.#ask(this.#http.get(`/releases/${encodeURIComponent(name)}/log`, { params: { after } }));
  }

  /** What its rules ask their source for. */
  queries(name: string): Promise<Result<QueriesOfRelease>> {
    return this.#ask(this.#http.get(`/releases/${encodeURIComponent(name)}/queries`));
  }

  /** What was read in each look, to be run again. */
  recording(name: string): Promise<Result<Recording>> {
    return this.#ask(this.#http.get(`/releases/${encodeURIComponent(name)}/recording`));
  }

  /** What there is to say about it. */
  report(name: string): Promise<Result<DeploymentReport>> {
    return this.#ask(this.#http.get(`/releases/${encodeURIComponent(name)}/report`, { params: { format: 'json' } }));
  }

  /** Newest first. */
  history(policy: string, limit: number): Promise<Result<PolicyHistory>> {
    return this.#ask(this.#http.get(`/policies/${encodeURIComponent(policy)}/history`, { params: { limit } }));
  }

  /** How its releases change. */
  trends(policy: string, by?: Period): Promise<Result<Trends>> {
    const params = by === undefined ? {} : { by };
    return this.#ask(this.#http.get(`/policies/${encodeURIComponent(policy)}/trends`, { params }));
  }

  /** What targets of notifications were sent, newest first. */
  async deliveries(query: DeliveryFilter): Promise<Result<readonly ShownDelivery[]>> {
    const listed = await this.#ask<{ readonly deliveries: readonly ShownDelivery[] }>(
      this.#http.get('/deliveries', { params: query }),
    );
    return listed.ok ? ok(listed.value.deliveries) : listed;
  }

  /** Who did what, oldest first, asked for a page at a time. `since`: epoch ms. */
  async trail(
    query: Omit<TrailFilter, 'sinceMs'> & { readonly since?: number },
  ): Promise<Result<readonly TrailEntry[]>> {
    const pages: (readonly TrailEntry[])[] = [];
    let { before, limit: left } = query;
    for (let isLast = false; !isLast; ) {
      const limit = Math.min(left, mostTrailAtOnce);
      const params = { ...query, limit, before };
      const read = await this.#ask<{ readonly entries: readonly TrailEntry[] }>(this.#http.get('/trail', { params }));
      if (!read.ok) return read;
      const { entries } = read.value;
      pages.unshift(entries);
      left -= entries.length;
      before = entries[0]?.number;
      isLast = entries.length < limit || left <= 0;
    }
    return ok(pages.flat());
  }

  trailProof(): Promise<Result<TrailProof>> {
    return this.#ask(this.#http.get('/trail/proof'));
  }

  async policies(query: { readonly name?: string } = {}): Promise<Result<readonly PolicySummary[]>> {
    const listed = await this.#ask<{ readonly policies: readonly PolicySummary[] }>(
      this.#http.get('/policies', { params: query }),
    );
    return listed.ok ? ok(listed.value.policies) : listed;
  }

  start(body: object): Promise<Result<ReleaseView>> {
    return this.#ask(this.#http.post('/releases', body, { timeout: startTimeoutMs }), 'order');
  }

  act(id: string, action: string, body: object): Promise<Result<ReleaseView>> {
    const timeout = action === 'retry' ? startTimeoutMs : timeoutMs;
    return this.#ask(this.#http.post(`/releases/${encodeURIComponent(id)}/${action}`, body, { timeout }), 'order');
  }

  /** A result for a revision, whether or not it is being released. */
  attest(policy: string, body: object): Promise<Result<Attestation>> {
    return this.#ask(this.#http.post(`/policies/${encodeURIComponent(policy)}/attest`, body));
  }

  /** Without a release. */
  setStable(policy: string, body: object): Promise<Result<StableView>> {
    return this.#ask(this.#http.post(`/policies/${encodeURIComponent(policy)}/set-stable`, body), 'order');
  }

  async backups(policy: string): Promise<Result<readonly RollbackPoint[]>> {
    const path = `/policies/${encodeURIComponent(policy)}/backups`;
    const listed = await this.#ask<{ readonly points: readonly RollbackPoint[] }>(
      this.#http.get(path, { timeout: diskTimeoutMs }),
    );
    return listed.ok ? ok(listed.value.points) : listed;
  }

  backup(policy: string, body: object): Promise<Result<RollbackPoint>> {
    const path = `/policies/${encodeURIComponent(policy)}/backup`;
    return this.#ask(this.#http.post(path, body, { timeout: diskTimeoutMs }), 'order');
  }

  /** The same order again goes on where it stopped. */
  restore(policy: string, body: object): Promise<Result<RestoreReport>> {
    const path = `/policies/${encodeURIComponent(policy)}/restore`;
    return this.#ask(this.#http.post(path, body, { timeout: diskTimeoutMs }), 'order');
  }

  async #ask<T>(asked: Promise<AxiosResponse<string>>, what: Asked['what'] = 'question'): Promise<Result<T>> {
    try {
      const { status, data } = await asked;
      const body = parsed(data);
      if (status >= 200 && status < 300 && body !== null) return ok(body as T);
      return failed(this.#masked(problemIn(body) ?? this.#stranger(status)));
    } catch (error) {
      return failed(this.#masked(unreachable(error, { server: this.#server, what })));
    }
  }

  #masked(problem: Problem): Problem {
    return { ...problem, message: masked(problem.message, this.#secrets) };
  }

  #stranger(status: number): Problem {
    const message = `${this.#server} answered ${status}, and not as a Sluice controller does: check --server`;
    return { reason: 'NotAController', message, retryable: false };
  }
}

function withoutPassword(address: string): string {
  if (!URL.canParse(address)) return address;
  const { password, username } = new URL(address);
  return password === '' && username === '' ? address : address.replace(/\/\/[^/]*@/, '//');
}

/** Names and messages come from files and from other people. */
const parsed = (text: string): object | null => {
  try {
    const body: unknown = JSON.parse(text, (_key, value: unknown) =>
      typeof value === 'string' ? shownText(value) : value,
    );
    return typeof body === 'object' ? body : null;
  } catch {
    return null;
  }
};

const problemIn = (body: object | null): Problem | null =>
  body !== null && 'reason' in body && 'message' in body
    ? { reason: String(body.reason), message: String(body.message), retryable: false }
    : null;
