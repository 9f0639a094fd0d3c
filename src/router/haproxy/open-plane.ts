/** Opens the split of one policy over its HAProxies, where an earlier controller left it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimeEndpoint } from './endpoint.ts';
import { emptyLedger, keptFor } from './ledger.ts';
import { LedgerFile } from './ledger-file.ts';
import { HaproxyPlace } from './place.ts';
import { HaproxyPlane } from './plane.ts';
import type { ServerNames } from './tending.ts';

export interface HaproxyOptions {
  /** Folder for what HAProxy can't hold; made when missing. One controller owns it at a time. */
  readonly stateDir: string;
  readonly endpoints: readonly RuntimeEndpoint[];
  /** Name of the backend in HAProxy's configuration. */
  readonly backend: string;
  readonly names: ServerNames;
  /** `off`: only looks. Default on. */
  readonly hands?: 'on' | 'off';
  /** Of one exchange with one of them; default 1 s. */
  readonly deadlineMs?: number;
}

export function openPlane(options: HaproxyOptions): HaproxyPlane {
  const { stateDir, endpoints, backend, names, hands = 'on', deadlineMs = 1_000 } = options;
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const places = endpoints.map((endpoint) => new HaproxyPlace({ endpoint, backend, deadlineMs }));
  const file = new LedgerFile(join(stateDir, 'haproxy.json'));
  const known = file.read() ?? emptyLedger(Date.now());
  const ledger = keptFor(
    known,
    places.map(({ name }) => name),
  );
  return new HaproxyPlane({ backend, names, places, file, ledger, hands, nowMs: Date.now });
}
