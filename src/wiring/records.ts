/** What is kept beside the releases, as the server asks for it. */
import { ok } from '../lib/result.ts';
import type { DeliveryLog } from '../release/delivery-log.ts';
import type { Records } from '../server/records.ts';

export interface Kept {
  readonly deliveries: Pick<DeliveryLog, 'list'>;
}

export const records = ({ deliveries }: Kept): Records => ({
  deliveries: async (filter) => ok(deliveries.list(filter)),
});
