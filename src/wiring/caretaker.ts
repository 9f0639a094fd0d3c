/** Looks after a policy between its releases: the data plane runs, stable serves, and a successor follows what ended. */
import { catchError, exhaustMap, from, map, type Observable, of, takeUntil, tap, timer } from 'rxjs';
import { ok, problemOf, type Result } from '../lib/result.ts';
import { recallPolicy } from '../reconcile/baseline.ts';
import type { Store } from '../release/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Pulse } from './pulse.ts';
import type { Served } from './served.ts';
import type { Service } from './service.ts';
import type { Starter } from './starter.ts';

const lookEveryMs = 500;

/** What looking after needs of a service. */
export type Kept = Served & Pick<Service, 'keep'>;

export interface CaretakerOptions {
  readonly store: Store;
  readonly starter: Starter;
  readonly pulse: Pulse;
  readonly log: Logger;
  readonly stop$: Observable<void>;
}

/** Emits after each round; a round that is under way at the stop finishes, as it may be starting a process. Never errors. */
export const takeCare = (service: Kept, options: CaretakerOptions): Observable<void> =>
  timer(0, lookEveryMs).pipe(
    takeUntil(options.stop$),
    exhaustMap(() =>
      from(round(service, options)).pipe(
        catchError((thrown: unknown) => of({ ok: false, error: problemOf(thrown) } as const)),
      ),
    ),
    tap((looked) => report(service.policy.name, looked, options)),
    map(() => undefined),
  );

async function round(service: Kept, { store, starter }: CaretakerOptions): Promise<Result<readonly string[]>> {
  const { name, target } = service.policy;
  const state = await recallPolicy(name, target, store);
  if (!state.ok) return state;
  const running = await starter.running(name);
  if (!running.ok) return running;
  if (running.value !== null) return service.keep(null);
  const newest = await store.releases({ policy: name, limit: 1 });
  const followed = newest.ok && newest.value[0] !== undefined ? await starter.follow(service, newest.value[0]) : null;
  if (followed?.ok === true) return ok([]);
  const kept = await service.keep(state.value);
  const wrong = [service.rules.problem(), followed?.error.message ?? null].filter((each) => each !== null);
  return kept.ok ? ok([...new Set([...kept.value, ...wrong])]) : kept;
}

function report(policy: string, looked: Result<readonly string[]>, { pulse, log }: CaretakerOptions): void {
  pulse.beat();
  const missing = looked.ok ? looked.value : [looked.error.message];
  const looks = pulse.missing(policy, missing);
  // What is there for one look is said by nobody: at the start no file was read yet.
  if (missing.length > 0 && looks === (looked.ok ? 2 : 1))
    log.warn({ policy, missing, ...(looked.ok ? {} : looked.error) }, 'policy is not served as it should be');
}
