/** What the loop tells, passed on: to Sluice's own metrics, to its log, and as live events. Returns at once. */
import type { NoticeDesk } from '../notify/desk.ts';
import type { Happening } from '../reconcile/happening.ts';
import type { LogEntry } from '../release/log.ts';
import type { Release } from '../release/release.ts';
import type { ControlEvent } from '../server/controls.ts';
import { countLog } from '../telemetry/count-log.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Broadcast } from './broadcast.ts';
import type { KeepLook } from './keep-looks.ts';

export interface Listeners {
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly events: Broadcast<ControlEvent>;
  readonly desk: NoticeDesk;
  readonly keep: KeepLook;
}

export function hear(happening: Happening, listeners: Listeners): void {
  const { metrics, log } = listeners;
  switch (happening.kind) {
    case 'saved':
      heardSaved(happening.release, happening.log, listeners);
      // Last: what it costs delays nobody who is told of the release.
      if (happening.look !== null) listeners.keep(happening.release.id, happening.look);
      return;
    case 'wrote':
      metrics.routerWrote(happening.outcome);
      if (happening.outcome !== 'ok' && happening.outcome !== 'Conflict')
        log.warn({ ...happening }, 'router write failed');
      return;
    case 'looked':
      return listeners.desk.looked(happening);
    case 'reconciled':
      return metrics.reconciled(happening.tookMs);
    case 'troubled': {
      const { kind: _kind, ...trouble } = happening;
      metrics.reconcileFailed(happening.policy);
      return log.warn(trouble, 'release is held');
    }
  }
}

function heardSaved(release: Release, lines: readonly LogEntry[], { metrics, log, events, desk }: Listeners): void {
  countLog(metrics, release, lines);
  events.tell({ kind: 'release', release });
  for (const entry of lines) {
    const { kind, reason, message, data } = entry;
    log.info({ release: release.id, policy: release.policy, kind, reason, said: message, ...data }, 'release log');
    events.tell({ kind: 'log', release, entry });
  }
  desk.saved(release, lines);
}
