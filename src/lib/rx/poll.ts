/** Ticks at whole multiples of an interval of the wall clock, so that all who poll one thing do so together. */
import { asyncScheduler, defer, type Observable, of, repeat, type SchedulerLike, timer } from 'rxjs';

export interface PollOptions {
  /** Asked before each wait: it may change. Milliseconds, above 0. */
  readonly intervalMs: () => number;
  readonly scheduler?: SchedulerLike;
}

/** One tick at once, then at each multiple; what cannot keep up passes ticks over by its flattening operator. */
export const poll = ({ intervalMs, scheduler = asyncScheduler }: PollOptions): Observable<void> =>
  defer(() => of(undefined)).pipe(repeat({ delay: () => timer(untilNext(scheduler.now(), intervalMs()), scheduler) }));

/** A clock that was set back or forth moves the next tick within one interval, no further. */
const untilNext = (nowMs: number, intervalMs: number): number => intervalMs - (nowMs % intervalMs);
