/**
 * Flattens like a worker with an inbox of one: a project runs at a time, never cancelled; what arrives meanwhile is
 * joined into one pending value, and runs next. `exhaustMap` would lose it, `concatMap` would act on what is stale.
 *
 *     idle --value--> running --value--> running + pending --value--> running + join(pending, value)
 *      ^                 |done                  |done
 *      +-----------------+       running <------+
 */
import { from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';

/** `join(pending, newest)` makes the one value that waits; the newest alone by default. */
export function conflateMap<T, R>(
  project: (value: T) => ObservableInput<R>,
  join: (pending: T, newest: T) => T = (_pending, newest) => newest,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      let busy = false;
      let pending: { readonly value: T } | null = null;
      let ended = false;

      const done = (): void => {
        busy = false;
        const next = pending;
        pending = null;
        if (next !== null) run(next.value);
        else if (ended) subscriber.complete();
      };

      const run = (value: T): void => {
        busy = true;
        subscriber.add(
          from(project(value)).subscribe({
            next: (result) => subscriber.next(result),
            error: (error: unknown) => subscriber.error(error),
            complete: done,
          }),
        );
      };

      subscriber.add(
        source.subscribe({
          next: (value) => {
            if (!busy) run(value);
            else pending = { value: pending === null ? value : join(pending.value, value) };
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            ended = true;
            if (!busy) subscriber.complete();
          },
        }),
      );
    });
}
