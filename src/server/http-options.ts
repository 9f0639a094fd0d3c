/** What the server needs to run, and the limits that keep one client from costing the others. */
import type { Clock } from '../lib/clock.ts';
import type { Problem } from '../lib/result.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Controls } from './controls.ts';
import type { ToldAlerts } from './http-alerts.ts';
import type { Key } from './http-token.ts';
import type { Reviewer } from './reviewer.ts';

export interface ServerOptions {
  readonly controls: Controls;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  /** Name or address to listen on; others than this machine's own need a token. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Tokens that open it; none: loopback only, open to every program on this machine. */
  readonly keys: readonly Key[];
  /** Knows who may do what, instead of `keys`. */
  readonly reviewer?: Reviewer;
  /** `/metrics` is answered to whoever reaches the port. */
  readonly openMetrics?: boolean;
  /** Hears what an Alertmanager tells by its webhook; left out: there is no such address. */
  readonly alerts?: ToldAlerts;
  /** Why that address hears nothing here; retryable. */
  readonly alertsElsewhere?: () => Promise<Problem>;
  /** Of the program. */
  readonly version: string;
  readonly limits?: Partial<ServerLimits>;
}

export interface ServerLimits {
  /** Until a request's headers, and the whole of it, have to be there. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly maxConnections: number;
  /** Live event streams at a time. */
  readonly maxStreams: number;
  readonly heartbeatMs: number;
  /** One stream lasts so long, where a reviewer let it in: not for ever. */
  readonly streamMs: number;
}

export const defaultLimits: ServerLimits = {
  headersMs: 10_000,
  requestMs: 20_000,
  maxConnections: 1_024,
  maxStreams: 512,
  heartbeatMs: 15_000,
  streamMs: 300_000,
};
