/** Waits until this process leads in a namespace, and says when it does not any more. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { KubeClient } from '../../kube/client.ts';
import { LeaseElector, type LeaseTiming } from '../../kube/lease.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Logger } from '../../telemetry/logger.ts';

export interface Office {
  readonly epoch: number;
  /** Asked before each write. */
  readonly holds: () => boolean;
  /** Gives it back, so that the next one need not wait. */
  leave(): Promise<void>;
}

export interface OfficeOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly stop: AbortSignal;
  readonly log: Logger;
  /** From now on nothing may be written. */
  readonly lost: (why: string) => void;
  /** Left out: the election's own. */
  readonly timing?: LeaseTiming;
}

/** null: told to stop before its turn came. */
export async function awaitOffice(options: OfficeOptions): Promise<Office | null> {
  const { client, namespace, stop, log, lost, timing } = options;
  const elected = Promise.withResolvers<number | null>();
  const leaving = new AbortController();
  const elector = new LeaseElector({
    ...{ client, namespace, clock: systemClock },
    ...(timing === undefined ? {} : { timing }),
    name: 'sluice',
    identity: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    events: {
      elected: elected.resolve,
      lost: (why) => {
        if (leaving.signal.aborted) return;
        lost(why);
        // Who wants it again begins anew, under another name.
        leaving.abort();
      },
      troubled: (problem) => log.warn({ ...problem }, 'the Lease is not as it should be'),
    },
  });
  const campaign = elector.run(leaving.signal);
  const leave = async (): Promise<void> => {
    leaving.abort();
    await campaign;
  };
  stop.addEventListener('abort', () => elected.resolve(null), { once: true });
  const epoch = stop.aborted ? null : await elected.promise;
  if (epoch !== null) return { epoch, holds: () => elector.holds(), leave };
  await leave();
  return null;
}
