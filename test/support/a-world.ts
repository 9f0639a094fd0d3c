/** Route and instances as router and workload would show them: v1 stable and ready, v2 the canary and ready. */
import type { RouteState } from '../../src/router/router.ts';
import type { Instance, RevisionState, WorkloadState } from '../../src/workload/workload.ts';
import { startMs } from './a-release.ts';

export const aRoute = (given: Partial<RouteState> = {}): RouteState => ({
  canary: 25,
  stable: 100 - (given.canary ?? 25),
  version: '1',
  epoch: 1,
  release: 'app-1',
  rolledBack: null,
  startedAtMs: startMs,
  canaryReady: true,
  stableReady: true,
  since: { canary: 250, stable: 750 },
  canaryInFlight: 0,
  ...given,
});

const instance = (id: string, state: Instance['state']): Instance => ({
  id,
  url: `http://${id}.invalid`,
  pid: null,
  cwd: null,
  state,
  restarts: 0,
  message: '',
});

/** `wanted` instances, of which `ready` are. */
export const aRevision = (revision: string, wanted: number, ready = wanted): RevisionState => ({
  revision,
  wanted,
  instances: Array.from({ length: wanted }, (_, n) => instance(`${revision}-${n}`, n < ready ? 'ready' : 'starting')),
  failure: null,
});

export const aWorkload = (given: Partial<WorkloadState> = {}): WorkloadState => ({
  observedAtMs: startMs,
  revisions: [aRevision('v1', 4), aRevision('v2', 1)],
  serving: { stable: 'v1', canary: 'v2' },
  ...given,
});
