/** How a controller is reached, and where what it counts is shown: at an address of its own, or in a part of one that it shares. */
import type { ListenAddress } from '../lib/listen-address.ts';
import type { Result } from '../lib/result.ts';
import type { Release } from '../release/release.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import type { ServerOptions } from './http-options.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';

export type Served = Omit<ServerOptions, 'host' | 'port'>;

export interface Door {
  /** Until it is stopped, and then another may be. */
  serve(served: Served): Promise<Result<HttpServer>>;
  /** Releases to show: read at every scrape. */
  metrics(releases: () => Promise<Result<readonly Release[]>>): Metrics;
}

export const ownDoor = (listen: ListenAddress, version: string): Door => ({
  serve: (served) => startHttpServer({ ...served, ...listen }),
  metrics: (releases) => createMetrics({ version, releases }),
});
