/** Reads the world before anything is decided; a write of unknown outcome is settled first. */
import type { RouteState } from '../router/router.ts';
import type { WorkloadState } from '../workload/workload.ts';
import type { Ports } from './ports.ts';
import type { Session } from './session.ts';

/** null: could not be read, `problem` says why; nothing may be concluded from that, and nothing raised. */
export interface World {
  readonly route: RouteState | null;
  readonly routeProblem: string | null;
  /** When it was asked for, epoch ms. */
  readonly routeAskedMs?: number;
  readonly workload: WorkloadState | null;
}

export async function see(session: Session, { clock, router, store, workload }: Ports): Promise<World> {
  const routeAskedMs = clock.wallMs();
  const [route, instances] = await Promise.all([
    session.unsettled ? router.settle(session.release, store.epoch) : router.observe(),
    workload.observe(),
  ]);
  if (route.ok) session.unsettled = false;
  return {
    route: route.ok ? route.value : null,
    routeAskedMs,
    routeProblem: route.ok ? null : route.error.message,
    workload: instances.ok ? instances.value : null,
  };
}
