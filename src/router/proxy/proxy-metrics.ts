/** What the proxy counts, in a registry of its own; the names are part of the product. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Backend } from '../deck.ts';
import { type MeterLabels, type RequestSeries, RevisionMeter } from './revision-meter.ts';

export interface Levels {
  readonly canaryPercent: number;
  readonly open: Readonly<Record<Backend, number>>;
  /** Instances that seem well. */
  readonly well: Readonly<Record<Backend, number>>;
  /** The last change of the split is on the disk. */
  readonly saved: boolean;
}

/** 0.5 s is the bound of the usual p95 rule. */
const bucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Backends' revisions whose series stay; older ones go when a newer one comes. */
const metersKept = 12;

export class ProxyMetrics {
  readonly registry = new Registry();
  readonly #series: RequestSeries;
  readonly #refused: Counter<'reason'>;
  readonly #dropped: Counter;
  /** By backend and revision, the one that was asked for last at the end. */
  readonly #meters = new Map<string, RevisionMeter>();

  constructor(levels: () => Levels) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#series = { ...requestSeries(registers), answered: { ok: 0, failed: 0 } };
    this.#refused = new Counter({
      name: 'sluice_proxy_refused_requests_total',
      help: 'Requests that were refused before any backend was chosen.',
      labelNames: ['reason'],
      registers,
    });
    this.#dropped = new Counter({
      name: 'sluice_proxy_access_log_dropped_total',
      help: 'Lines of the access log that the disk did not take in time.',
      registers,
    });
    addLevels(levels, registers);
  }

  /** One meter for each backend and revision, whatever its endpoints: a counter never starts again. */
  meter(labels: MeterLabels): RevisionMeter {
    const key = `${labels.backend} ${labels.revision}`;
    const meter = this.#meters.get(key) ?? new RevisionMeter(labels, this.#series);
    this.#meters.delete(key);
    this.#meters.set(key, meter);
    this.#forgetOldest();
    return meter;
  }

  /** Of all backends and revisions, since the process began. */
  get answered(): Readonly<RequestSeries['answered']> {
    return { ...this.#series.answered };
  }

  logLineDropped(): void {
    this.#dropped.inc();
  }

  requestRefused(reason: string): void {
    this.#refused.inc({ reason });
  }

  #forgetOldest(): void {
    for (const [key, meter] of this.#meters) {
      if (this.#meters.size <= metersKept) return;
      meter.forget();
      this.#meters.delete(key);
    }
  }
}

const requestSeries = (registers: Registry[]): Omit<RequestSeries, 'answered'> => ({
  requests: new Counter({
    name: 'sluice_proxy_requests_total',
    help: 'Requests by the status the user saw; 101: protocols were switched, 499: the user left, 502 and 504: the backend gave no answer or half of one.',
    labelNames: ['backend', 'revision', 'code'],
    registers,
  }),
  seconds: new Histogram({
    name: 'sluice_proxy_request_duration_seconds',
    help: 'From the end of the request head to the end of the answer.',
    labelNames: ['backend', 'revision'],
    buckets: bucketsSeconds,
    registers,
  }),
  failures: new Counter({
    name: 'sluice_proxy_upstream_failures_total',
    help: 'Requests that an instance left without an answer or with half of one; one of stable may have been answered by another.',
    labelNames: ['backend', 'revision', 'reason'],
    registers,
  }),
  calls: new Counter({
    name: 'sluice_proxy_grpc_calls_total',
    help: "gRPC calls by their status, as Go's interceptors name it; Unavailable: also those that a backend left without one.",
    labelNames: ['backend', 'revision', 'grpc_code'],
    registers,
  }),
  callSeconds: new Histogram({
    name: 'sluice_proxy_grpc_call_duration_seconds',
    help: 'Of gRPC calls, from the head of the call to its status. Streams last as long as users stay.',
    labelNames: ['backend', 'revision'],
    buckets: bucketsSeconds,
    registers,
  }),
  streamed: new Counter({
    name: 'sluice_proxy_streamed_bytes_total',
    help: 'Bytes passed after a switch of protocols (WebSocket); in: from the user.',
    labelNames: ['backend', 'revision', 'direction'],
    registers,
  }),
});

function addLevels(levels: () => Levels, registers: Registry[]): void {
  const byBackend = (name: string, help: string, read: (backend: Backend) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['backend'],
      registers,
      collect() {
        for (const backend of ['canary', 'stable'] as const) this.set({ backend }, read(backend));
      },
    });
  byBackend('sluice_proxy_weight_ratio', 'Share of the requests that a backend is to get.', (backend) => {
    const { canaryPercent } = levels();
    return (backend === 'canary' ? canaryPercent : 100 - canaryPercent) / 100;
  });
  byBackend('sluice_proxy_healthy_endpoints', 'Instances that seem well.', (backend) => levels().well[backend]);
  byBackend('sluice_proxy_open_requests', 'Requests begun and not ended.', (backend) => levels().open[backend]);
  new Gauge({
    name: 'sluice_proxy_state_saved',
    help: '1: the last change of the split is on the disk; 0: it could not be written.',
    registers,
    collect() {
      this.set(levels().saved ? 1 : 0);
    },
  });
}
