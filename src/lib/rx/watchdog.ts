/**
 * Turns silence into a value: when the source says nothing for so long, `bark` speaks in its place, and again after the
 * same time for as long as the silence lasts.
 *
 *     source  --a--------------b--
 *     output  --a-----!-----!--b--
 */
import {
  asyncScheduler,
  concat,
  defer,
  dematerialize,
  type MonoTypeOperatorFunction,
  map,
  materialize,
  type Observable,
  of,
  repeat,
  type SchedulerLike,
  startWith,
  switchMap,
  timer,
} from 'rxjs';

export interface WatchdogOptions<T> {
  /** Asked before each wait: the source's pace may change. Milliseconds. */
  readonly silenceMs: () => number;
  readonly bark: () => T;
  readonly scheduler?: SchedulerLike;
}

export function watchdog<T>({
  silenceMs,
  bark,
  scheduler = asyncScheduler,
}: WatchdogOptions<T>): MonoTypeOperatorFunction<T> {
  type Notice = { readonly kind: 'N'; readonly value: T };
  const barks: Observable<Notice> = defer(() => timer(silenceMs(), scheduler)).pipe(
    map((): Notice => ({ kind: 'N', value: bark() })),
    repeat(),
  );
  return (source) =>
    source.pipe(
      materialize(),
      startWith(null),
      switchMap((notice) => {
        if (notice === null) return barks;
        return notice.kind === 'N' ? concat(of(notice), barks) : of(notice);
      }),
      dematerialize(),
    );
}
