/** What is shown of the records beside releases: who did what and why, and who was told. */
import type { Delivery } from '../release/delivery-log.ts';
import type { TrailEntry } from '../release/trail.ts';

export type ShownEntry = TrailEntry;

/** Without the handles by which a receiver's message is updated. */
export type ShownDelivery = Omit<Delivery, 'handles'>;
