/** One split over one or several HAProxies: what the ledger says is made so on each, each for itself, and read back. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { BackendChange, BackendTargets } from '../../workload/backends.ts';
import { fenced, objectionToDrain } from '../objections.ts';
import type { Route } from '../route.ts';
import { pointed, restamped, written } from '../route-changes.ts';
import type { RouteState, WeightWrite, WriteProblem } from '../router.ts';
import { addressesOf } from './addresses.ts';
import { examinePlaces } from './examine-places.ts';
import type { Finding } from './fitness.ts';
import { type Ledger, recordOf } from './ledger.ts';
import type { LedgerFile } from './ledger-file.ts';
import { noteIn } from './noting.ts';
import type { HaproxyPlace } from './place.ts';
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
import {
  commandsFor,
  differences,
  givenOf,
  type Place,
  type ServerNames,
  wantedServers,
  zeroCommands,
} from './tending.ts';
import { handsOff, notTaken, overtaken, restartedMeanwhile, together } from './together.ts';

export interface PlaneOptions {
  /** Name of the backend in HAProxy's configuration. */
  readonly backend: string;
  readonly names: ServerNames;
  readonly places: readonly HaproxyPlace[];
  readonly file: LedgerFile;
  readonly ledger: Ledger;
  /** `off`: only looks; somebody else moves the weights. */
  readonly hands: 'on' | 'off';
  readonly nowMs: () => number;
}

type Done = Result<BackendSeen, WriteProblem>;

/**
 *   write / point ──► ledger ──► each place in its own turn: ask ─► note ─► commands for what differs ─► read back
 *   look ───────────────┘             a new process: nothing to the canary, servers pointed again, weights by the next write
 *                                     others' weights: said, and left to the next decision
 *   to 0 ──► each place at once, before anything is asked
 */
export class HaproxyPlane {
  readonly #options: PlaneOptions;
  #ledger: Ledger;
  #saved: string;

  constructor(options: PlaneOptions) {
    this.#options = options;
    this.#ledger = options.ledger;
    this.#saved = JSON.stringify(options.ledger);
  }

  /** Reads everything back, and puts right what nobody decided and no one owns: pointing, lost weights, unequal endpoints. */
  async look(): Promise<Result<RouteState, WriteProblem>> {
    const first = together(await Promise.all(this.#places.map((place) => this.#tend(place))));
    if (!first.ok) return this.#concluded(first);
    const least = Math.min(...Object.values(this.#ledger.places).map(({ percent }) => percent));
    const above = aboveTheLeast(this.#ledger);
    if (this.#options.hands === 'off' || above.length === 0) return this.#concluded(first);
    for (const name of above) this.#ledger = withRecord(this.#ledger, name, { percent: least, by: 'us' });
    const lowered = this.#places.filter(({ name }) => above.includes(name));
    return this.#concluded(together(await Promise.all(lowered.map((place) => this.#tend(place)))));
  }

  async write(write: WeightWrite): Promise<Result<RouteState, WriteProblem>> {
    if (this.#options.hands === 'off') return failed(handsOff);
    const looked = write.canary === 0 ? null : await this.look();
    const before = this.#ledger;
    const present = reportedPercent(before);
    const isRaise = write.canary > present;
    if (isRaise && looked?.ok === false) return looked;
    const next = written(reportedRoute(before), write);
    if (!next.ok) return next;
    this.#ledger = withPercent({ ...before, route: next.value }, write.canary);
    const saved = this.#save();
    const recorded = isRaise ? await saved : ok(undefined);
    const done = recorded.ok
      ? together(await Promise.all(this.#places.map((place) => this.#impose(place, next.value))))
      : recorded;
    if (!done.ok && isRaise) await this.#takeBack(present);
    return this.#concluded(done);
  }

  async settle(epoch: number): Promise<Result<RouteState, WriteProblem>> {
    const looked = await this.look();
    const objection = fenced(this.#ledger.route, epoch);
    if (objection !== null || !looked.ok) return objection === null ? looked : failed(objection);
    const stamped = restamped(this.#ledger.route, epoch);
    if (!stamped.ok) return stamped;
    this.#ledger = { ...this.#ledger, route: stamped.value };
    return this.#concluded(ok(undefined));
  }

  /** Ends the requests that the canary's servers still have; answers how many. */
  async closeStreams(epoch: number): Promise<Result<number, WriteProblem>> {
    const objection = objectionToDrain(reportedRoute(this.#ledger), epoch);
    if (objection !== null) return failed(objection);
    const ended = await Promise.all(this.#places.map((place) => place.endSessions(this.#options.names.canary)));
    const all = together(ended);
    return all.ok ? ok(all.value.reduce((sum, each) => sum + each, 0)) : all;
  }

  async point(change: BackendChange): Promise<Result<void, WriteProblem>> {
    const { backend, endpoints } = change;
    if (this.#places.some(({ seen }) => seen === null)) await this.look();
    const addresses = await addressesOf(endpoints);
    if (!addresses.ok) return addresses;
    const next = pointed(reportedRoute(this.#ledger), change);
    if (!next.ok) return next;
    const found = Object.fromEntries(
      [...(this.#seenFirst?.servers.values() ?? [])].map((each) => [each.name, each.address]),
    );
    const seats = seat(addresses.value, {
      names: this.#options.names[backend],
      taken: this.#ledger.slots[backend],
      found,
    });
    if (!seats.ok) return seats;
    const route = { ...next.value, canary: this.#ledger.route.canary };
    this.#ledger = { ...this.#ledger, route, slots: { ...this.#ledger.slots, [backend]: seats.value } };
    void this.#save();
    const done = together(await Promise.all(this.#places.map((place) => this.#tend(place))));
    void this.#save();
    return done.ok ? ok(undefined) : done;
  }

  /** What is found against a release at each place; one that does not answer is a finding itself. */
  examine(): Promise<readonly Finding[]> {
    return examinePlaces(this.#places, this.#options);
  }

  get targets(): BackendTargets {
    return this.#ledger.route.targets;
  }

  get #places(): readonly HaproxyPlace[] {
    return this.#options.places;
  }

  get #seenFirst(): BackendSeen | null {
    return this.#places.find(({ seen }) => seen !== null)?.seen ?? null;
  }

  /** What one place shows is noted, and what differs from the ledger is put right. */
  #tend(place: HaproxyPlace): Promise<Done> {
    return place.inTurn(async () => {
      const asked = await place.ask();
      if (!asked.ok) return asked;
      const { seen } = asked.value;
      const { hands, names, nowMs } = this.#options;
      this.#ledger = noteIn(this.#ledger, place.name, { names, hands, seen, nowMs: nowMs() });
      const record = this.#ledger.places[place.name];
      return this.#options.hands === 'off' || record?.by === 'others' ? ok(seen) : this.#apply(place, seen);
    });
  }

  /** What was decided just now, over whatever others put there; 0 does not even wait for a look. */
  #impose(place: HaproxyPlace, decided: Route): Promise<Done> {
    return place.inTurn(async () => {
      const isZero = decided.canary === 0;
      if (!isZero && this.#ledger.route.canary !== decided.canary) return failed(overtaken(place.name));
      const wanted = wantedServers(this.#view(place, place.seen));
      const commands = isZero ? zeroCommands(this.#options.backend, wanted) : [];
      if (commands.length > 0) this.#ledger = withRecord(this.#ledger, place.name, { given: null });
      const asked = await place.ask(commands);
      if (!asked.ok) return asked;
      const { seen } = asked.value;
      const known = this.#ledger.places[place.name];
      if (!isZero && known?.process !== seen.process) return failed(restartedMeanwhile(place.name));
      return known === undefined ? ok(seen) : this.#apply(place, seen);
    });
  }

  async #apply(place: HaproxyPlace, seen: BackendSeen): Promise<Done> {
    const wanted = wantedServers(this.#view(place, seen));
    const commands = commandsFor(this.#options.backend, wanted, seen);
    // Until it is read back nobody knows what is there, and nobody else is to be blamed for it.
    if (commands.length > 0) this.#ledger = withRecord(this.#ledger, place.name, { given: null });
    const done = commands.length === 0 ? ok({ seen, refusal: null }) : await place.ask(commands);
    if (!done.ok) return done;
    const wrong = differences(wanted, done.value.seen);
    if (wrong.length > 0) return failed(notTaken(place.name, wrong, done.value.refusal));
    this.#ledger = withRecord(this.#ledger, place.name, { given: givenOf(wanted, done.value.seen) });
    return ok(done.value.seen);
  }

  /** A raise that not all have is nobody's: it is lowered again where it landed. */
  async #takeBack(percent: number): Promise<void> {
    const { route } = this.#ledger;
    this.#ledger = withPercent({ ...this.#ledger, route: { ...route, canary: percent } }, percent);
    await Promise.all(this.#places.map((place) => this.#tend(place)));
  }

  #concluded(done: Result<unknown, WriteProblem>): Result<RouteState, WriteProblem> {
    const { names } = this.#options;
    const views: Views = new Map(
      this.#places.flatMap(({ name, seen }) => (seen === null ? [] : [[name, seen] as const])),
    );
    if (done.ok) this.#ledger = recounted(this.#ledger, views, names);
    void this.#save();
    return done.ok ? ok(stateOf(this.#ledger, views, names)) : done;
  }

  #view({ name }: HaproxyPlace, seen: BackendSeen | null): Place {
    const record = this.#ledger.places[name] ?? recordOf('');
    return { names: this.#options.names, ledger: this.#ledger, record, seen };
  }

  async #save(): Promise<Result<void, WriteProblem>> {
    const text = JSON.stringify(this.#ledger);
    if (text === this.#saved) return ok(undefined);
    this.#saved = text;
    const saved = await this.#options.file.save(this.#ledger);
    if (!saved.ok) this.#saved = '';
    return saved;
  }
}
