/** What is known of one target over restarts, in the words of the delivery log. */
import { Deliveries } from '../release/deliveries.ts';
import type { Delivery, DeliveryLog, Handles } from '../release/delivery-log.ts';
import type { Notice } from './message.ts';

export type Tried = Pick<Delivery, 'attempts' | 'handles' | 'outcome' | 'why'>;

export interface TargetMemory {
  /** Whether it took the notice already, from an earlier controller too. */
  hasTaken(notice: string): boolean;
  handles(about: string): Handles | null;
  note(notice: Notice, tried: Tried): void;
}

export interface RememberedTarget extends Pick<Delivery, 'policy' | 'service' | 'target'> {
  readonly log: DeliveryLog;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
}

export const targetMemory = ({ log, nowMs, policy, service, target }: RememberedTarget): TargetMemory => ({
  hasTaken: (notice) => log.find({ policy, target, notice })?.outcome === 'sent',
  handles: (about) => log.handles({ policy, target, about }),
  note: ({ atMs, dedupKey, id, reason, releases, title, urgency }, tried) =>
    log.note({
      ...{ policy, target, service, notice: id, about: dedupKey, urgency, reason, title, releases, atMs },
      triedAtMs: nowMs(),
      ...tried,
    }),
});

/** For where nothing is kept. */
export const shortMemory = (): TargetMemory =>
  targetMemory({ log: new Deliveries(), policy: '', target: '', service: '', nowMs: () => 0 });
