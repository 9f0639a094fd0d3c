/**
 * A source's answers as a stream that never errs and is never silent.
 *
 *     ticks ──► exhaustMap(read, with a deadline; errors become answers) ──► watchdog ──► answers
 *
 * A tick that finds the read before it still open is passed over: answers never overtake each other.
 */
import {
  asyncScheduler,
  catchError,
  defer,
  EMPTY,
  exhaustMap,
  filter,
  from,
  type Observable,
  of,
  type SchedulerLike,
  tap,
  timeout,
} from 'rxjs';
import type { Clock } from '../lib/clock.ts';
import { formatDuration } from '../lib/duration.ts';
import { poll } from '../lib/rx/poll.ts';
import { watchdog } from '../lib/rx/watchdog.ts';
import type { Answer, MetricSource, ReadFailure, ReadRequest } from './metric-source.ts';
import { moments } from './moments.ts';

export interface AnswersOptions {
  readonly source: MetricSource;
  /** What to ask now; null: nothing yet. */
  readonly request: () => ReadRequest | null;
  readonly clock: Clock;
  /** Where in each interval this reader asks, from 0 to below 1: many readers at many places are no burst. Default 0. */
  readonly place?: number;
  readonly scheduler?: SchedulerLike;
}

/** A source has a deadline of its own, which should end a read long before this does. */
const patienceMs = ({ intervalMs }: MetricSource): number => Math.max(15_000, 2 * intervalMs);

/** How soon it is looked again whether there is something to ask. */
const idleMs = 50;

const failures =
  (source: string, clock: Clock) =>
  (reason: ReadFailure, message: string): Answer => ({
    kind: 'failed',
    source,
    receivedAtMs: clock.wallMs(),
    reason,
    message,
  });

export function answers({
  source,
  request,
  clock,
  place = 0,
  scheduler = asyncScheduler,
}: AnswersOptions): Observable<Answer> {
  const failed = failures(source.name, clock);
  const tooLate = () =>
    of(failed('Timeout', `${source.name} gave no answer within ${formatDuration(patienceMs(source))}`));
  const read = (): Observable<Answer> =>
    defer(() => {
      const asked = request();
      return asked === null ? EMPTY : from(source.read(asked));
    }).pipe(
      timeout({ first: patienceMs(source), with: tooLate, scheduler }),
      catchError((thrown: unknown) => of(failed('Unreachable', `${source.name} broke: ${String(thrown)}`))),
    );
  const isIdle = (): boolean => request() === null;
  const moment = moments(source, place);
  return poll({
    intervalMs: () => (isIdle() ? idleMs : source.intervalMs),
    offsetMs: () => (isIdle() ? 0 : moment.offsetMs()),
    scheduler,
  }).pipe(
    exhaustMap(read),
    tap((answer) => moment.heard(answer, request()?.arms)),
    watchdog<Answer | null>({
      silenceMs: () => patienceMs(source) + 2 * source.intervalMs,
      bark: () => (request() === null ? null : failed('Silent', `nothing was heard of ${source.name} for too long`)),
      scheduler,
    }),
    filter((answer) => answer !== null),
  );
}
