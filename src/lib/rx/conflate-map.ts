/**
 * Flattens like a worker with an inbox of one: a project runs at a time, never cancelled; what arrives meanwhile is
 * joined into one pending value, and runs next. `exhaustMap` would lose it, `concatMap` would act on what is stale.
 *
 *     idle --value--> running --value--> running + pending --value--> running + join(pending, value)
 *      ^                 |done                  |done
 *      +-----------------+       running <------+
 */
import { from, Observable, type ObservableInput, type OperatorFunction, type Subscriber } from 'rxjs';

/** `join(pending, newest)` makes the one value that waits; the newest alone by default. */
export function conflateMap<T, R>(
  project: (value: T) => ObservableInput<R>,
  join: (pending: T, newest: T) => T = (_pending, newest) => newest,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      const worker = new Worker(project, subscriber);
      subscriber.add(
        source.subscribe({
          next: (value) => worker.take(value, join),
          error: (error: unknown) => subscriber.error(error),
          complete: () => worker.end(),
        }),
      );
    });
}

class Worker<T, R> {
  readonly #project: (value: T) => ObservableInput<R>;
  readonly #subscriber: Subscriber<R>;
  #pending: { readonly value: T } | null = null;
  #isBusy = false;
  #isEnding = false;

  constructor(project: (value: T) => ObservableInput<R>, subscriber: Subscriber<R>) {
    this.#project = project;
    this.#subscriber = subscriber;
  }

  take(value: T, join: (pending: T, newest: T) => T): void {
    if (this.#isBusy) this.#pending = { value: this.#pending === null ? value : join(this.#pending.value, value) };
    else this.#run(value);
  }

  /** What runs and what waits is still done. */
  end(): void {
    this.#isEnding = true;
    if (!this.#isBusy) this.#subscriber.complete();
  }

  #run(value: T): void {
    this.#isBusy = true;
    this.#subscriber.add(
      from(this.#project(value)).subscribe({
        next: (result) => this.#subscriber.next(result),
        error: (error: unknown) => this.#subscriber.error(error),
        complete: () => this.#next(),
      }),
    );
  }

  #next(): void {
    this.#isBusy = false;
    const next = this.#pending;
    this.#pending = null;
    if (next !== null) this.#run(next.value);
    else if (this.#isEnding) this.#subscriber.complete();
  }
}
