/** Port: what is kept beside the releases, for people and audits. */
import type { Result } from '../lib/result.ts';
import type { Delivery, DeliveryFilter } from '../release/delivery-log.ts';
import type { Trail } from '../release/trail.ts';

export interface Records {
  /** What targets of notifications were sent, newest first. */
  deliveries(filter: DeliveryFilter): Promise<Result<readonly Delivery[]>>;
  /** Who did what, oldest first. */
  trail: Trail['trail'];
  /** Whether that is as it was written. */
  verify: Trail['verify'];
}
