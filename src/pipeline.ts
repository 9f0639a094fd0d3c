/** The product on one screen: a stream for each release; rules -> readings -> verdicts -> decisions -> weights. */
import {
  BehaviorSubject,
  catchError,
  defer,
  filter,
  from,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  switchMap,
  takeUntil,
  takeWhile,
  tap,
  timer,
} from 'rxjs';
import { placeOf } from './lib/place-of.ts';
import { problemOf } from './lib/result.ts';
import { conflateMap } from './lib/rx/conflate-map.ts';
import { answers } from './metrics/readings.ts';
import { joinLooks, type Look, nothingNew } from './reconcile/look.ts';
import type { Ports } from './reconcile/ports.ts';
import type { Progress } from './reconcile/progress.ts';
import { reconcile, troubled } from './reconcile/reconcile.ts';
import { startSession } from './reconcile/session.ts';

export interface ReleaseKey {
  readonly id: string;
  readonly policy: string;
}

export interface Pipeline {
  /** To look after: every active one at the start, then each that is begun. */
  readonly releases$: Observable<ReleaseKey>;
  /** Ids whose release was changed from outside (orders, a lost instance): looked at without waiting for the next poll. */
  readonly nudges$: Observable<string>;
  /** Stops reading; writes that are under way finish. */
  readonly stop$: Observable<void>;
  readonly portsOf: (key: ReleaseKey) => Ports;
}

export const pipeline = (wiring: Pipeline): Observable<Progress> =>
  wiring.releases$.pipe(
    takeUntil(wiring.stop$),
    mergeMap((key) => deliver(key, wiring)),
  );

/**
 *     answers --+                                   +--> progress, until the release has ended
 *     nudges  --+--> look --> conflateMap(reconcile)-+
 *     rest over +      (one at a time, newest next)  |
 *        ^                                           |
 *        +------- timer(againMs), begun anew --------+
 */
const deliver = (key: ReleaseKey, { nudges$, stop$, portsOf }: Pipeline): Observable<Progress> =>
  defer(() => {
    const ports = portsOf(key);
    const session = startSession(key);
    const again$ = new BehaviorSubject(0);
    const looks$ = merge(
      answers({
        source: ports.source,
        request: () => session.request,
        clock: ports.clock,
        place: placeOf(key.id),
      }).pipe(map((answer): Look => ({ answer }))),
      merge(nudges$.pipe(filter((nudged) => nudged === key.id)), again$.pipe(switchMap((ms) => timer(ms)))).pipe(
        map(() => nothingNew),
      ),
    );
    return looks$.pipe(
      takeUntil(stop$),
      conflateMap(
        (look) =>
          from(reconcile(session, look, ports)).pipe(
            catchError((thrown: unknown) => of(troubled(session, problemOf(thrown), ports))),
          ),
        joinLooks,
      ),
      tap(({ againMs }) => again$.next(againMs)),
      takeWhile(({ ended }) => !ended, true),
    );
  });
