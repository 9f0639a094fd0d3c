/** What a release decided and did, as events that `kubectl describe` and `kubectl get events` show. */
import type { KubeClient } from '../../kube/client.ts';
import type { LogEntry } from '../../release/log.ts';
import type { Release } from '../../release/release.ts';
import type { Logger } from '../../telemetry/logger.ts';

export interface EventPlace {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly log: Logger;
}

/** What somebody would be called for. */
const warns = /Breach|RolledBack|Rollback|Failed|Lost|Contested|CrashLoop|NotReadyInTime/;

const longestMessage = 1_000;

/** Returns at once: nobody waits for an event, and one that is lost is in the decision log all the same. */
export function tellEvents(place: EventPlace, release: Release, lines: readonly LogEntry[]): void {
  for (const { kind, reason, message, atMs } of lines) {
    // What was only noticed is in the decision log; a step tells one event.
    if (kind !== 'decision' && kind !== 'action') continue;
    tellEvent(place, { kind: 'Release', name: release.id }, { reason, message, atMs });
  }
}

interface About {
  readonly kind: 'Release' | 'ReleasePolicy';
  readonly name: string;
  readonly uid?: string;
}

/** Returns at once. */
export function tellEvent(
  { client, namespace, log }: EventPlace,
  about: About,
  { atMs, message, reason }: Pick<LogEntry, 'atMs' | 'message' | 'reason'>,
): void {
  const at = new Date(atMs).toISOString();
  const body = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${about.name}.`, namespace },
    involvedObject: { apiVersion: 'sluice.dev/v1alpha1', namespace, ...about },
    type: warns.test(reason) ? 'Warning' : 'Normal',
    reason,
    message: message.slice(0, longestMessage),
    source: { component: 'sluice' },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  };
  void client.create(`/api/v1/namespaces/${namespace}/events`, body).then((told) => {
    if (!told.ok) log.debug({ about: about.name, ...told.error }, 'event could not be told');
  });
}
