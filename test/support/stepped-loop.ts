/** The loop over a world in memory, one look at a time, with a clock that moves only when it is told to. */
import type { Clock } from '../../src/lib/clock.ts';
import type { Happening } from '../../src/reconcile/happening.ts';
import { type Look, nothingNew } from '../../src/reconcile/look.ts';
import type { Progress } from '../../src/reconcile/progress.ts';
import { reconcile } from '../../src/reconcile/reconcile.ts';
import { type Session, startSession } from '../../src/reconcile/session.ts';
import { type CommandKind, command } from '../../src/release/command.ts';
import { MemoryDisk, openMemoryStore } from '../../src/release/memory.ts';
import type { Plan } from '../../src/release/plan.ts';
import type { Release } from '../../src/release/release.ts';
import type { Store } from '../../src/release/store.ts';
import type { RuleSet } from '../../src/rules/rule.ts';
import { MemoryWorld } from './memory-world.ts';

const startedMs = Date.UTC(2026, 0, 5, 12, 0, 0);

export class SteppedLoop {
  readonly world: MemoryWorld;
  /** Set it forth or back: wall time only. */
  wallShiftMs = 0;
  readonly #disk = new MemoryDisk();
  #session: Session | null = null;
  #elapsedMs = 0;
  readonly #clock: Clock = {
    wallMs: () => startedMs + this.#elapsedMs + this.wallShiftMs,
    monotonicMs: () => this.#elapsedMs,
  };

  constructor(rules: RuleSet, { intervalMs = 1_000, perSecond = 1_000, compression = 1 } = {}) {
    const options = { policy: 'app', store: this.#opened(), clock: this.#clock, compression };
    const tell = (happening: Happening): void => {
      if (happening.kind === 'saved' && happening.look !== null)
        void this.world.ports.store.note(happening.release.id, happening.look);
    };
    this.world = new MemoryWorld({ ...options, rules, intervalMs, perSecond, tell });
  }

  /** Stable serves, and the release of v2 is stored. */
  async begin(plan: Partial<Plan> = {}): Promise<this> {
    await this.world.settle('v1');
    const { id } = await this.world.begin('v2', plan);
    this.#session = startSession({ id, policy: 'app' });
    return this;
  }

  get session(): Session {
    if (this.#session === null) throw new Error('begin first');
    return this.#session;
  }

  #opened(): Store {
    const opened = openMemoryStore({ disk: this.#disk });
    if (!opened.ok) throw new Error(opened.error.message);
    return opened.value;
  }

  /** Another controller takes over, so much later. */
  async restart(afterMs: number): Promise<void> {
    const { release: id, policy } = this.session;
    await this.world.ports.store.close();
    Object.assign(this.world.ports, { store: this.#opened() });
    this.#elapsedMs += afterMs;
    this.#session = startSession({ id, policy });
  }

  async release(): Promise<Release> {
    const read = await this.world.ports.store.release(this.session.release);
    if (!read.ok || read.value === null) throw new Error('there is no release');
    return read.value;
  }

  /** Looks without news until nothing is left to do at once. */
  async settle(): Promise<Release> {
    for (let n = 0; n < 20; n += 1) {
      const { againMs, ended } = await this.look(nothingNew);
      if (ended || againMs > 0) return this.release();
    }
    throw new Error('the loop never comes to rest');
  }

  look(look: Look): Promise<Progress> {
    return reconcile(this.session, look, this.world.ports);
  }

  /** So much later, one look at what is given, and no more. */
  pass(ms: number, answer: Look['answer']): Promise<Progress> {
    this.#elapsedMs += ms;
    return this.look({ answer });
  }

  /** So much later, with the answer of then. */
  async tick(ms: number): Promise<Release> {
    this.#elapsedMs += ms;
    const { request } = this.session;
    const answer = request === null ? null : await this.world.ports.source.read(request);
    await this.look({ answer });
    return this.settle();
  }

  async ticks(times: number, ms: number): Promise<Release> {
    for (let n = 0; n < times; n += 1) await this.tick(ms);
    return this.release();
  }

  /** Somebody saves the release as `change` makes it. */
  async change(change: (release: Release) => Release): Promise<void> {
    const saved = await this.world.ports.store.save(change(await this.release()), []);
    if (!saved.ok) throw new Error(saved.error.message);
  }

  async order(kind: CommandKind, reason = ''): Promise<void> {
    const release = await this.release();
    const given = { kind, revision: release.revision, who: 'ada', reason, atMs: this.#clock.wallMs() };
    const changed = command(release, given);
    if (!changed.ok) throw new Error(changed.error.message);
    const saved = await this.world.ports.store.save(changed.value.release, changed.value.log);
    if (!saved.ok) throw new Error(saved.error.message);
  }
}
