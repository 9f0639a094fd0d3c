/** Counts what one revision does behind one backend. */
import type { Counter, Histogram } from 'prom-client';
import type { Backend } from '../deck.ts';
import type { GrpcCode } from './grpc-status.ts';
import type { Direction } from './tunnel.ts';

export interface RequestSeries {
  readonly requests: Counter<'backend' | 'revision' | 'code'>;
  readonly seconds: Histogram<'backend' | 'revision'>;
  readonly failures: Counter<'backend' | 'revision' | 'reason'>;
  readonly calls: Counter<'backend' | 'revision' | 'grpc_code'>;
  readonly callSeconds: Histogram<'backend' | 'revision'>;
  readonly streamed: Counter<'backend' | 'revision' | 'direction'>;
  /** Of all of them together: a user who left (499) got neither. */
  readonly answered: { ok: number; failed: number };
}

export interface MeterLabels {
  readonly backend: Backend;
  readonly revision: string;
}

/** Their series exist from the start, so that the first event is an increase from 0 for every reader. */
const codesAtZero = [200, 500, 502, 503, 504];

const grpcCodesAtZero: readonly GrpcCode[] = [
  'OK',
  'Unknown',
  'DeadlineExceeded',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
];

export class RevisionMeter {
  readonly #labels: MeterLabels;
  readonly #series: RequestSeries;
  readonly #seconds: { observe(value: number): void };
  readonly #codes = new Map<number, { inc(value?: number): void }>();
  readonly #reasons = new Set<string>();
  readonly #grpcCodes = new Set<GrpcCode>(grpcCodesAtZero);

  constructor(labels: MeterLabels, series: RequestSeries) {
    this.#labels = labels;
    this.#series = series;
    if (labels.revision !== '') this.#startAtZero();
    this.#seconds = series.seconds.labels(labels);
  }

  get revision(): string {
    return this.#labels.revision;
  }

  /** A request is over: the status that the user saw (499: the user left), and how long it took. */
  requestEnded(code: number, seconds: number): void {
    this.#ended(code);
    this.#seconds.observe(seconds);
  }

  /** A gRPC call is over: its status, and the one of HTTP that says as much. */
  callEnded({ code, http }: { readonly code: GrpcCode; readonly http: number }, seconds: number): void {
    this.#ended(http);
    this.#grpcCodes.add(code);
    this.#series.calls.inc({ ...this.#labels, grpc_code: code });
    this.#series.callSeconds.observe(this.#labels, seconds);
  }

  /** The backend gave no answer, or half of one. */
  upstreamFailed(reason: string): void {
    this.#reasons.add(reason);
    this.#series.failures.inc({ ...this.#labels, reason });
  }

  /** Passed after a switch of protocols: from the user (`in`), or to the user. */
  streamed(direction: Direction, bytes: number): void {
    this.#series.streamed.inc({ ...this.#labels, direction }, bytes);
  }

  /** Takes its series out of the registry. */
  forget(): void {
    for (const code of this.#codes.keys()) this.#series.requests.remove({ ...this.#labels, code });
    for (const reason of this.#reasons) this.#series.failures.remove({ ...this.#labels, reason });
    for (const code of this.#grpcCodes) this.#series.calls.remove({ ...this.#labels, grpc_code: code });
    this.#series.callSeconds.remove({ ...this.#labels });
    for (const direction of ['in', 'out']) this.#series.streamed.remove({ ...this.#labels, direction });
    this.#series.seconds.remove({ ...this.#labels });
  }

  #ended(code: number): void {
    this.#counterOf(code).inc();
    if (code >= 500) this.#series.answered.failed += 1;
    else if (code !== 499) this.#series.answered.ok += 1;
  }

  #startAtZero(): void {
    for (const code of codesAtZero) this.#counterOf(code).inc(0);
    this.#series.seconds.zero(this.#labels);
    for (const code of grpcCodesAtZero) this.#series.calls.inc({ ...this.#labels, grpc_code: code }, 0);
    this.#series.callSeconds.zero(this.#labels);
  }

  #counterOf(code: number): { inc(value?: number): void } {
    const known = this.#codes.get(code);
    if (known !== undefined) return known;
    const counter = this.#series.requests.labels({ ...this.#labels, code });
    this.#codes.set(code, counter);
    return counter;
  }
}
