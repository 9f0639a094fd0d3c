/** Where a scenario's numbers come from: made up, or given as series. */
import type { Look } from '../reconcile/look.ts';
import type { TrafficChange } from './scenario.ts';
import type { VirtualWorld } from './virtual-world.ts';

/** Times are ms since the release was started. */
export interface Feed {
  /** When the metrics are looked at next. */
  next(afterMs: number): number;
  /** Requests go by, split as the world splits them. */
  pass(fromMs: number, toMs: number): void;
  look(atMs: number, metrics: 'there' | 'away'): Look;
  change(change: TrafficChange): void;
  /** Nobody looked before: the time until then counts for nothing. */
  isResumed(atMs: number): boolean;
}

export interface FeedSetting {
  readonly startMs: number;
  readonly intervalMs: number;
  readonly world: VirtualWorld;
}

export const nextOnGrid = (afterMs: number, intervalMs: number): number =>
  (Math.floor(afterMs / intervalMs) + 1) * intervalMs;
