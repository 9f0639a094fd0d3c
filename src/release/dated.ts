/** Conditions of an object in a cluster, with the time since when each has been so. */
import type { Condition } from './release-object-schema.ts';

export type Told = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** `before`: as they were told last; the time of one whose status did not change stays. */
export function dated(told: Told, before: readonly Condition[], atMs: number): Condition {
  const same = before.find(({ type, status }) => type === told.type && status === told.status);
  return { ...told, lastTransitionTime: same?.lastTransitionTime ?? new Date(atMs).toISOString() };
}
