/** The sample service as a revision that Sluice can start. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RevisionSpec } from '../../workload/revision-spec.ts';

export interface SampleOptions {
  readonly version: string;
  readonly replicas: number;
  /** Fraction of requests answered with 500; default 0. */
  readonly errorRate?: number;
  /** Median latency; default 20. */
  readonly latencyMs?: number;
  /** Fraction of requests that take about `slowMs`; default 0. */
  readonly slowRate?: number;
  readonly slowMs?: number;
  /** Makes errors and latencies repeatable. */
  readonly seed?: number;
}

/** Path of the service's program, as source or as compiled. */
export const sampleServicePath = fileURLToPath(new URL(`./sample-service${extname(import.meta.url)}`, import.meta.url));

/** A revision of the sample service, run by this same Node. */
export function sampleRevision(options: SampleOptions): RevisionSpec & { readonly kind: 'command' } {
  return {
    kind: 'command',
    command: [process.execPath, sampleServicePath],
    env: sampleEnvironment(options),
    cwd: null,
    healthPath: '/healthz',
    replicas: options.replicas,
  };
}

function sampleEnvironment(options: SampleOptions): Record<string, string> {
  return {
    VERSION: options.version,
    ERROR_RATE: String(options.errorRate ?? 0),
    LATENCY_MS: String(options.latencyMs ?? 20),
    SLOW_RATE: String(options.slowRate ?? 0),
    SLOW_MS: String(options.slowMs ?? 400),
    ...(options.seed === undefined ? {} : { SEED: String(options.seed) }),
  };
}
