/** What is kept beside the releases, as the server asks for it. */
import { ok } from '../lib/result.ts';
import type { DeliveryLog } from '../release/delivery-log.ts';
import type { Trail } from '../release/trail.ts';
import type { Records } from '../server/records.ts';

export interface Kept {
  readonly deliveries: Pick<DeliveryLog, 'list'>;
  readonly trail: Pick<Trail, 'trail' | 'verify'>;
}

export const records = ({ deliveries, trail }: Kept): Records => ({
  deliveries: async (filter) => ok(deliveries.list(filter)),
  trail: (filter) => trail.trail(filter),
  verify: () => trail.verify(),
});
