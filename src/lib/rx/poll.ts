/** Ticks at whole multiples of an interval of the wall clock, and so long after them: those of one offset tick together. */
import { asyncScheduler, defer, type Observable, of, repeat, type SchedulerLike, timer } from 'rxjs';

export interface PollOptions {
  /** Asked before each wait: it may change. Milliseconds, above 0. */
  readonly intervalMs: () => number;
  /** Asked before each wait, too; from 0 to below the interval. */
  readonly offsetMs?: () => number;
  readonly scheduler?: SchedulerLike;
}

/** One tick at once, then at each multiple; what cannot keep up passes ticks over by its flattening operator. */
export const poll = ({ intervalMs, offsetMs = () => 0, scheduler = asyncScheduler }: PollOptions): Observable<void> =>
  defer(() => of(undefined)).pipe(
    repeat({ delay: () => timer(untilNext(scheduler.now(), intervalMs(), offsetMs()), scheduler) }),
  );

/** A timer may fire so long before its time by the clock. */
const earlyMs = 2;

/** A clock that was set back or forth moves the next tick within one interval, no further. */
function untilNext(nowMs: number, intervalMs: number, offsetMs: number): number {
  const waitMs = intervalMs - ((nowMs + intervalMs - offsetMs) % intervalMs);
  // The tick that is due in a moment was this one, or everything would be asked twice.
  return waitMs <= Math.min(earlyMs, intervalMs / 10) ? waitMs + intervalMs : waitMs;
}
