/** What a controller that waits for its turn answers: what the objects say, to whoever may read them; orders are for the one that leads. */
import { KubeClient } from '../../kube/client.ts';
import { leaseRecord } from '../../kube/lease-record.ts';
import { systemClock } from '../../lib/clock.ts';
import { ok, type Problem, type Result } from '../../lib/result.ts';
import type { Door } from '../../server/door.ts';
import type { HttpServer } from '../../server/http-server.ts';
import type { Reviewer } from '../../server/reviewer.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { ReadingControls } from './reading-controls.ts';

export interface StandbyPlace {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly door: Door;
  readonly reviewer: Reviewer | null;
  readonly openMetrics: boolean;
  readonly version: string;
  readonly log: Logger;
}

/** Fails as a server does that cannot listen. */
export function startClusterStandby(place: StandbyPlace): Promise<Result<HttpServer>> {
  const { door, log, namespace, openMetrics, reviewer, version } = place;
  // Its own: who reads must not take the turns of the election.
  const client = new KubeClient(place.client.access);
  const controls = new ReadingControls({
    ...{ client, namespace, clock: systemClock, leader: () => leaderOf(client, namespace) },
    stale: () => {},
    withheld: (why) => log.debug({ why }, 'what the rules read is left out'),
  });
  return door.serve({
    ...{ controls, log, version, openMetrics, keys: [], clock: systemClock },
    metrics: door.metrics(async () => ok([])),
    alertsElsewhere: async () => untold(await leaderOf(client, namespace)),
    ...(reviewer === null ? {} : { reviewer }),
  });
}

const untold = (leader: string | null): Problem => ({
  reason: 'Standby',
  message: `this controller waits for its turn and keeps no alerts: ${leader === null ? 'nobody leads yet' : `${leader} leads`}. Tell it again on a new connection`,
  retryable: true,
});

/** Name of its pod, which is the beginning of the name under which it was elected. */
async function leaderOf(client: KubeClient, namespace: string): Promise<string | null> {
  const read = await client.get(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/sluice`);
  const holder = read.ok ? leaseRecord(read.value).holder : '';
  return holder === '' ? null : holder.replace(/-\d+-[0-9a-f]{8}$/, '');
}
