/** The one subscription of the program: every release, every policy between its releases, every rule file. */
import type { Subject } from 'rxjs';
import { from, ignoreElements, merge, type Observable, takeUntil, tap } from 'rxjs';
import { pipeline, type ReleaseKey } from '../pipeline.ts';
import type { Store } from '../release/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import { takeCare } from './caretaker.ts';
import type { TrailKeeper } from './keep-trail.ts';
import type { Pulse } from './pulse.ts';
import type { Service } from './service.ts';
import type { Starter } from './starter.ts';

export interface Loop {
  readonly log: Logger;
  readonly store: Store;
  readonly trail: Pick<TrailKeeper, 'accepted' | 'rulesRead'>;
  readonly services: ReadonlyMap<string, Service>;
  readonly starter: Starter;
  readonly pulse: Pulse;
  /** Releases that were begun since the start. */
  readonly begun$: Subject<ReleaseKey>;
  /** Ids of releases that were changed from outside. */
  readonly nudges$: Subject<string>;
}

/** `active`: what an earlier controller left under way. Settles after `stop$`, when every write that was under way has ended. */
export function runLoop(loop: Loop, active: readonly ReleaseKey[], stop$: Observable<void>): Promise<void> {
  const { begun$, log, nudges$, pulse, services, starter, store } = loop;
  const portsOf = ({ id, policy }: ReleaseKey): Service['ports'] => {
    const service = services.get(policy);
    if (service === undefined) throw new Error(`no policy serves release ${id}`);
    return service.ports;
  };
  const releases$ = pipeline({ releases$: merge(from(active), begun$), nudges$, stop$, portsOf });
  const upkeep$ = [...services.values()].flatMap((service) => [
    takeCare(service, { store, starter, pulse, log, stop$ }),
    service.rules.events$.pipe(
      takeUntil(stop$),
      tap((event) => loop.trail.rulesRead(service.policy.name, event)),
    ),
  ]);
  return new Promise((resolve) => {
    merge(releases$.pipe(tap(() => pulse.beat())), ...upkeep$)
      .pipe(ignoreElements())
      .subscribe({
        complete: resolve,
        error: (thrown: unknown) => {
          log.error({ thrown: String(thrown) }, 'the loop ended by an error: this is a defect');
          resolve();
        },
      });
  });
}
