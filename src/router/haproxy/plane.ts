/** One split over one or several HAProxies: what is decided goes into the ledger, and from there to each of them. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { BackendChange, BackendTargets } from '../../workload/backends.ts';
import { pointed, restamped, switchedOff, written } from '../route-changes.ts';
import type { MissingPart, RouteState, SwitchedOff, WeightWrite, WriteProblem } from '../router.ts';
import { fenced, objectionToDrain } from '../write-objections.ts';
import { addressesOf } from './addresses.ts';
import { type Examination, examinePlaces } from './examine-places.ts';
import { type Done, Keeper, type KeeperOptions } from './keeper.ts';
import type { HaproxyPlace } from './place.ts';
import { isHeard } from './pointing.ts';
import { watchReloads } from './reload-watch.ts';
import type { BackendSeen } from './show.ts';
import { seat } from './slots.ts';
import {
  aboveTheLeast,
  recounted,
  reportedPercent,
  reportedRoute,
  stateOf,
  type Views,
  withPercent,
  withRecord,
} from './standing.ts';
import { handsOff, needsAll, together } from './together.ts';

export interface PlaneOptions extends KeeperOptions {
  readonly places: readonly HaproxyPlace[];
}

/**
 *   write / point ──► ledger ──► each place in its own turn
 *   look ───────────────┘             a new process: nothing to the canary, servers pointed again, weights by the next write
 *                                     others' weights: said, and left to the next decision
 *                                     one that is missing: named, and waited for by nobody; what was decided waits for it
 *   to 0 ──► each place at once, before anything is asked
 */
export class HaproxyPlane {
  readonly #options: PlaneOptions;
  readonly #keeper: Keeper;

  constructor(options: PlaneOptions) {
    this.#options = options;
    this.#keeper = new Keeper(options);
  }

  /** Reads everything back, and puts right what nobody decided and no one owns: pointing, lost weights, unequal endpoints. */
  async look(): Promise<Result<RouteState, WriteProblem>> {
    const keeper = this.#keeper;
    const first = this.#answered(await Promise.all(this.#places.map((place) => keeper.visit(place))));
    if (!first.ok) return this.#concluded(first);
    const least = Math.min(...Object.values(keeper.ledger.places).map(({ percent }) => percent));
    const above = aboveTheLeast(keeper.ledger);
    if (this.#options.hands === 'off' || above.length === 0) return this.#concluded(first);
    for (const name of above) keeper.ledger = withRecord(keeper.ledger, name, { percent: least, by: 'us' });
    const lowered = this.#places.filter(({ name, missing }) => above.includes(name) && missing === null);
    return this.#concluded(together(await Promise.all(lowered.map((place) => keeper.tend(place)))));
  }

  async write(write: WeightWrite): Promise<Result<RouteState, WriteProblem>> {
    if (this.#options.hands === 'off') return failed(handsOff);
    const looked = write.canary === 0 ? null : await this.look();
    const keeper = this.#keeper;
    const before = keeper.ledger;
    const present = reportedPercent(before);
    const isRaise = write.canary > present;
    if (isRaise && looked?.ok === false) return looked;
    if (isRaise && this.missing.length > 0) return failed(needsAll(this.missing));
    const next = written(reportedRoute(before), write);
    if (!next.ok) return next;
    keeper.ledger = withPercent({ ...before, route: next.value }, write.canary);
    const saved = keeper.save();
    const recorded = isRaise ? await saved : ok(undefined);
    const done = recorded.ok
      ? together(await Promise.all(this.#places.map((place) => keeper.impose(place, next.value))))
      : recorded;
    if (!done.ok && isRaise) await this.#takeBack(present);
    return this.#concluded(done);
  }

  async settle(epoch: number): Promise<Result<RouteState, WriteProblem>> {
    const looked = await this.look();
    const { ledger } = this.#keeper;
    const objection = fenced(ledger.route, epoch);
    if (objection !== null || !looked.ok) return objection === null ? looked : failed(objection);
    const stamped = restamped(ledger.route, epoch);
    if (!stamped.ok) return stamped;
    this.#keeper.ledger = { ...ledger, route: stamped.value };
    return this.#concluded(ok(undefined));
  }

  /** Ends the requests that the canary's servers still have; answers how many. One that is missing is not waited for. */
  async closeStreams(epoch: number): Promise<Result<number, WriteProblem>> {
    const objection = objectionToDrain(reportedRoute(this.#keeper.ledger), epoch);
    if (objection !== null) return failed(objection);
    const there = this.#places.filter(({ missing }) => missing === null);
    const asked = there.length > 0 ? there : this.#places;
    const all = together(await Promise.all(asked.map((place) => place.endSessions(this.#options.names.canary))));
    return all.ok ? ok(all.value.reduce((sum, each) => sum + each, 0)) : all;
  }

  /** One that is missing is pointed there as soon as it answers. */
  async point(change: BackendChange): Promise<Result<void, WriteProblem>> {
    const { backend, endpoints } = change;
    if (this.#places.some(({ seen }) => seen === null)) await this.look();
    const addresses = await addressesOf(endpoints);
    if (!addresses.ok) return addresses;
    const keeper = this.#keeper;
    const next = pointed(reportedRoute(keeper.ledger), change);
    if (!next.ok) return next;
    const found = Object.fromEntries(
      [...(this.#seenFirst?.servers.values() ?? [])].map((each) => [each.name, each.address]),
    );
    const { slots } = keeper.ledger;
    const seats = seat(addresses.value, { names: this.#options.names[backend], taken: slots[backend], found });
    if (!seats.ok) return seats;
    const route = { ...next.value, canary: keeper.ledger.route.canary };
    keeper.ledger = { ...keeper.ledger, route, slots: { ...slots, [backend]: seats.value } };
    // Who comes after a crash must know of what HAProxy may have; a disk that is full stands in nobody's way.
    await keeper.save();
    const done = this.#answered(await Promise.all(this.#places.map((place) => keeper.visit(place))));
    void keeper.save();
    return done.ok ? ok(undefined) : done;
  }

  /** Nobody controls any more: the canary gets nothing, wherever it has anything. For who stands in, while no controller does. */
  async switchOff(silence: Pick<SwitchedOff, 'atMs' | 'silentMs'>): Promise<Result<RouteState, WriteProblem>> {
    const keeper = this.#keeper;
    const present = reportedRoute(keeper.ledger);
    const off = switchedOff(present, silence);
    if (!off.ok) return off;
    // Written down is not done: one that did not answer then is told again.
    if (off.value === present && present.switchedOff === undefined) return this.#concluded(ok(undefined));
    keeper.ledger = withPercent({ ...keeper.ledger, route: off.value }, 0);
    return this.#concluded(together(await Promise.all(this.#places.map((place) => keeper.impose(place, off.value)))));
  }

  /** What is found against a release at each place; one that does not answer is a finding itself. */
  examine(): Promise<readonly Examination[]> {
    return examinePlaces(this.#places, this.#options);
  }

  /** A reload is noticed at once from now on; answers how to stop. */
  watch(): () => void {
    return watchReloads(this.#places, () => void this.look());
  }

  get targets(): BackendTargets {
    return this.#keeper.ledger.route.targets;
  }

  /** Those that did not answer when they were last asked. */
  get missing(): readonly MissingPart[] {
    return this.#places.flatMap(({ missing, name }) => (missing === null ? [] : [{ ...missing, name }]));
  }

  /** None may still send where it was pointed before: each was seen to be pointed as decided, or is gone. Who only looks goes by who answers. */
  get isHeard(): boolean {
    const { hands, names } = this.#options;
    const { ledger } = this.#keeper;
    return this.#places.every(({ missing, seen }) => {
      if (missing !== null) return missing.serves === 'nobody';
      return hands === 'off' || (seen !== null && isHeard({ ledger, names }, seen));
    });
  }

  get #places(): readonly HaproxyPlace[] {
    return this.#options.places;
  }

  get #seenFirst(): BackendSeen | null {
    return this.#places.find(({ seen }) => seen !== null)?.seen ?? null;
  }

  /** All is well when everybody who is there is; but nobody there is a problem. */
  #answered(each: readonly Done[]): Result<unknown, WriteProblem> {
    const present = each.filter((_, at) => this.#places[at]?.missing === null);
    return together(present.length > 0 ? present : each);
  }

  /** A raise that not all have is nobody's: it is lowered again where it landed. */
  async #takeBack(percent: number): Promise<void> {
    const keeper = this.#keeper;
    const { route } = keeper.ledger;
    keeper.ledger = withPercent({ ...keeper.ledger, route: { ...route, canary: percent } }, percent);
    await Promise.all(this.#places.map((place) => keeper.tend(place)));
  }

  #concluded(done: Result<unknown, WriteProblem>): Result<RouteState, WriteProblem> {
    const { names } = this.#options;
    const keeper = this.#keeper;
    const { missing } = this;
    const views: Views = new Map(
      this.#places.flatMap(({ name, seen }) => (seen === null ? [] : [[name, seen] as const])),
    );
    if (done.ok && missing.length === 0) keeper.ledger = recounted(keeper.ledger, views, names);
    void keeper.save();
    return done.ok ? ok(stateOf(keeper.ledger, { views, missing }, names)) : done;
  }
}
