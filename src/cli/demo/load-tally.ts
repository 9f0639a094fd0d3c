/** Counts what the users of a demo got: status classes, versions, latency, and the longest time without a success. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

export interface LoadCounts {
  readonly sent: number;
  /** Answers by status class; `none`: refused, reset, timed out or not sent for want of a connection. */
  readonly classes: Readonly<Record<StatusClass, number>>;
  /** By the answer's `x-version`; answers without one count under `unknown`. */
  readonly versions: Readonly<Record<string, VersionCounts>>;
  /** Milliseconds from the planned moment of sending to the end of the answer; zeros without answers. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
}

export interface VersionCounts {
  readonly succeeded: number;
  /** 5xx or incomplete. */
  readonly failed: number;
  /** When the first of them failed, epoch ms; null: none did. */
  readonly firstFailedAtMs: number | null;
}

export type StatusClass = '2xx' | '3xx' | '4xx' | '5xx' | 'none';

export interface LoadReport {
  /** Requests per second that are asked for now. */
  readonly rate: number;
  readonly elapsedMs: number;
  readonly inFlight: number;
  readonly lastSecond: LoadCounts;
  readonly total: LoadCounts;
  /** Longest time without a success since the first request was sent, the running one included. */
  readonly longestInterruptionMs: number;
}

export interface Answer {
  readonly status: number;
  readonly version: string | null;
  readonly latencyMs: number;
}

/** One span of counting: the last second, or all of it. */
export class LoadTally {
  readonly #latencyUs: RecordableHistogram = createHistogram();
  readonly #classes = { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 };
  readonly #versions = new Map<string, VersionCounts>();
  #sent = 0;

  sent(): void {
    this.#sent += 1;
  }

  answered({ status, version, latencyMs }: Answer): void {
    this.#classes[statusClass(status)] += 1;
    this.#latencyUs.record(Math.max(1, Math.round(latencyMs * 1_000)));
    if (isSuccess(status)) this.#succeeded(version);
    else this.#failed(version);
  }

  /** The answer never came, or was cut off. */
  broke(version: string | null): void {
    this.#classes.none += 1;
    this.#failed(version);
  }

  counts(): LoadCounts {
    const ms = (us: number) => Math.round(us / 10) / 100;
    const latency = this.#latencyUs;
    const at = (percent: number) => (latency.count === 0 ? 0 : ms(latency.percentile(percent)));
    return {
      sent: this.#sent,
      classes: { ...this.#classes },
      versions: Object.fromEntries([...this.#versions].map(([name, counts]) => [name, { ...counts }])),
      latencyMs: { p50: at(50), p95: at(95), p99: at(99), max: latency.count === 0 ? 0 : ms(latency.max) },
    };
  }

  #succeeded(version: string | null): void {
    const counts = this.#byVersion(version);
    this.#versions.set(version ?? 'unknown', { ...counts, succeeded: counts.succeeded + 1 });
  }

  #failed(version: string | null): void {
    const { failed, firstFailedAtMs, succeeded } = this.#byVersion(version);
    const counts = { succeeded, failed: failed + 1, firstFailedAtMs: firstFailedAtMs ?? Date.now() };
    this.#versions.set(version ?? 'unknown', counts);
  }

  #byVersion(version: string | null): VersionCounts {
    return this.#versions.get(version ?? 'unknown') ?? { succeeded: 0, failed: 0, firstFailedAtMs: null };
  }
}

/** A user got what the service meant to say: 4xx counts as an answer, 5xx doesn't. */
export function isSuccess(status: number): boolean {
  return status >= 100 && status < 500;
}

function statusClass(status: number): StatusClass {
  if (status < 300) return '2xx';
  if (status < 400) return '3xx';
  return status < 500 ? '4xx' : '5xx';
}
