/** A route at work: deals requests by its weight, counts them, and takes conditional changes; the next request sees a change. */
import { ok, type Result } from '../lib/result.ts';
import { type Backend, Deck, type Random } from './deck.ts';
import type { Pointing } from './objections.ts';
import { type Route, routeState } from './route.ts';
import { pointed, restamped, switchedOff, written } from './route-changes.ts';
import type { RouteState, SwitchedOff, WeightWrite, WriteProblem } from './router.ts';
import { objectionToDrain } from './write-objections.ts';

type Since = Record<Backend, number>;

/**
 *   write / point / settle ──► route ──(weight changed)──► new deck, counters at 0
 *   request ──► draw ──► deck ──► 'canary' | 'stable', counted in `since`
 */
export class Splitter {
  readonly #deck: Deck;
  #route: Route;
  #since: Since = { canary: 0, stable: 0 };

  constructor(route: Route, random: Random = Math.random) {
    this.#deck = new Deck(random);
    this.#deck.restart(route.canary);
    this.#route = route;
  }

  get route(): Route {
    return this.#route;
  }

  /** The backend that the next request goes to. */
  draw(): Backend {
    const backend = this.#deck.draw();
    this.#since[backend]++;
    return backend;
  }

  /** So many more went each way: requests that nobody deals one by one. */
  count({ canary, stable }: Since): void {
    this.#since.canary += canary;
    this.#since.stable += stable;
  }

  state(canaryInFlight: number | null): RouteState {
    return routeState(this.#route, { since: { ...this.#since }, canaryInFlight });
  }

  write(write: WeightWrite): WriteProblem | null {
    return this.#take(written(this.#route, write));
  }

  point(change: Pointing): WriteProblem | null {
    return this.#take(pointed(this.#route, change));
  }

  settle(epoch: number): WriteProblem | null {
    return this.#take(restamped(this.#route, epoch));
  }

  switchOff(silence: Pick<SwitchedOff, 'atMs' | 'silentMs'>): WriteProblem | null {
    return this.#take(switchedOff(this.#route, silence));
  }

  /** Whether the canary's streams may be ended now. */
  mayDrain(epoch: number): WriteProblem | null {
    return objectionToDrain(this.#route, epoch);
  }

  /** Puts a route in place without any condition: a restart, a hand in the works. */
  replace(route: Route): void {
    this.#take(ok(route));
  }

  #take(changed: Result<Route, WriteProblem>): WriteProblem | null {
    if (!changed.ok) return changed.error;
    const before = this.#route;
    const after = changed.value;
    this.#route = after;
    if (before.canary !== after.canary || before.startedAtMs !== after.startedAtMs) {
      this.#since = { canary: 0, stable: 0 };
      this.#deck.restart(after.canary);
    }
    return null;
  }
}
