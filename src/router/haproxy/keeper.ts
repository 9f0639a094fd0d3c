/** What is done on each HAProxy of a split, each for itself: looked at, made as the ledger says, and read back. */
import { setTimeout as delay } from 'node:timers/promises';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Route } from '../route.ts';
import type { WriteProblem } from '../router.ts';
import { type Ledger, recordOf } from './ledger.ts';
import type { LedgerFile } from './ledger-file.ts';
import { noteIn } from './noting.ts';
import type { HaproxyPlace } from './place.ts';
import { isSeated } from './pointing.ts';
import type { BackendSeen } from './show.ts';
import { withRecord } from './standing.ts';
import {
  commandsFor,
  differences,
  givenOf,
  type Place,
  type ServerNames,
  wantedServers,
  zeroCommands,
} from './tending.ts';
import { notTaken, overtaken, restartedMeanwhile } from './together.ts';

export interface KeeperOptions {
  /** Name of the backend in HAProxy's configuration. */
  readonly backend: string;
  readonly names: ServerNames;
  readonly file: LedgerFile;
  readonly ledger: Ledger;
  /** `off`: only looks; somebody else moves the weights. */
  readonly hands: 'on' | 'off';
  readonly nowMs: () => number;
}

export type Done = Result<BackendSeen, WriteProblem>;

/** How long one that did not answer last time holds up a look at all of them; it is asked on meanwhile. */
const impatienceMs = 50;

/**
 *   visit ──► answered last time: tend      impose ──► in its turn: the decided share, 0 before anything is asked
 *         └─► did not: tend, for a moment   tend ────► in its turn: ask ─► note ─► commands for what differs ─► read back
 */
export class Keeper {
  ledger: Ledger;
  readonly #options: KeeperOptions;
  readonly #visits = new Map<HaproxyPlace, Promise<Done>>();
  #saved: string;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.ledger = options.ledger;
    this.#saved = JSON.stringify(options.ledger);
  }

  /** Tends a place, but waits only a moment for one that was missing: nobody else is held up by it. */
  async visit(place: HaproxyPlace): Promise<Done> {
    const { missing } = place;
    if (missing === null) return this.tend(place);
    const visit = this.#visits.get(place) ?? this.tend(place).finally(() => this.#visits.delete(place));
    this.#visits.set(place, visit);
    const patience = new AbortController();
    const late = delay(impatienceMs, failed(missing), { signal: patience.signal }).catch(() => failed(missing));
    const done = await Promise.race([visit, late]);
    patience.abort();
    return done;
  }

  /** What one place shows is noted, and what differs from the ledger is put right. */
  tend(place: HaproxyPlace): Promise<Done> {
    return place.inTurn(async () => {
      const asked = await place.ask();
      if (!asked.ok) return asked;
      const { seen } = asked.value;
      const { hands, names, nowMs } = this.#options;
      this.ledger = noteIn(this.ledger, place.name, { names, hands, seen, nowMs: nowMs() });
      if (hands === 'off') return ok(seen);
      const view = this.#view(place, seen);
      // Others' weights stay, but not on servers that were left meanwhile: then their share is given to those that are pointed now.
      return view.record.by === 'others' && isSeated(view) ? ok(seen) : this.#apply(place, seen);
    });
  }

  /** What was decided just now, over whatever others put there; 0 does not even wait for a look. */
  impose(place: HaproxyPlace, decided: Route): Promise<Done> {
    return place.inTurn(async () => {
      const isZero = decided.canary === 0;
      if (!isZero && this.ledger.route.canary !== decided.canary) return failed(overtaken(place.name));
      const wanted = wantedServers(this.#view(place, place.seen));
      const commands = isZero ? zeroCommands(this.#options.backend, wanted) : [];
      if (commands.length > 0) this.ledger = withRecord(this.ledger, place.name, { given: null });
      const asked = await place.ask(commands);
      if (!asked.ok) return asked;
      const { seen } = asked.value;
      const known = this.ledger.places[place.name];
      if (!isZero && known?.process !== seen.process) return failed(restartedMeanwhile(place.name));
      return known === undefined ? ok(seen) : this.#apply(place, seen);
    });
  }

  /** Settles when the ledger is on disk. */
  async save(): Promise<Result<void, WriteProblem>> {
    const text = JSON.stringify(this.ledger);
    if (text === this.#saved) return ok(undefined);
    this.#saved = text;
    const saved = await this.#options.file.save(this.ledger);
    if (!saved.ok) this.#saved = '';
    return saved;
  }

  async #apply(place: HaproxyPlace, seen: BackendSeen): Promise<Done> {
    const wanted = wantedServers(this.#view(place, seen));
    const commands = commandsFor(this.#options.backend, wanted, seen);
    // Until it is read back nobody knows what is there, and nobody else is to be blamed for it.
    if (commands.length > 0) this.ledger = withRecord(this.ledger, place.name, { given: null });
    const done = commands.length === 0 ? ok({ seen, refusal: null }) : await place.ask(commands);
    if (!done.ok) return done;
    const wrong = differences(wanted, done.value.seen);
    if (wrong.length > 0) return failed(notTaken(place.name, wrong, done.value.refusal));
    this.ledger = withRecord(this.ledger, place.name, { given: givenOf(wanted, done.value.seen) });
    return ok(done.value.seen);
  }

  #view({ name }: HaproxyPlace, seen: BackendSeen | null): Place {
    const record = this.ledger.places[name] ?? recordOf('');
    return { names: this.#options.names, ledger: this.ledger, record, seen };
  }
}
