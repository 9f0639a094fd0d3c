/** What people reach of the controller, on a store in memory, with no loop behind it: tests say what the loop does. */
import { systemClock } from '../../src/lib/clock.ts';
import { failed, ok, type Result } from '../../src/lib/result.ts';
import { Deliveries } from '../../src/release/deliveries.ts';
import { LogTrail } from '../../src/release/log-trail.ts';
import { openMemoryStore } from '../../src/release/memory.ts';
import type { Policy } from '../../src/release/policy.ts';
import type { Release } from '../../src/release/release.ts';
import type { Store } from '../../src/release/store.ts';
import type { RuleSet } from '../../src/rules/rule.ts';
import type { ControlEvent } from '../../src/server/controls.ts';
import { broadcast } from '../../src/wiring/broadcast.ts';
import { type ControlsOptions, ReleaseControls } from '../../src/wiring/controls.ts';
import { policyRules } from '../../src/wiring/policy-rules.ts';
import { Pulse } from '../../src/wiring/pulse.ts';
import { records } from '../../src/wiring/records.ts';
import type { RulesInForce } from '../../src/wiring/rules-in-force.ts';
import type { Served } from '../../src/wiring/served.ts';
import { Starter } from '../../src/wiring/starter.ts';
import type { CommandSpec } from '../../src/workload/revision-spec.ts';
import { productionRules } from './memory-world.ts';
import { policyOf } from './policy-of.ts';

export const command = (word: string): CommandSpec => ({
  kind: 'command',
  command: [word],
  env: {},
  cwd: null,
  healthPath: null,
  replicas: 1,
});

export const ada = { who: 'ada', reason: 'because' };

interface Opened extends Pick<ControlsOptions, 'unserved'> {
  readonly stable?: string | null;
}

export class ControlRoom {
  readonly store: Store;
  readonly deliveries = new Deliveries();
  readonly pulse = new Pulse(systemClock, ['app']);
  readonly served: Served;
  readonly starter: Starter;
  readonly controls: ReleaseControls;
  /** Releases that somebody has to look after from now on. */
  readonly begun: Release[] = [];
  /** Ids of the releases that the loop was told of. */
  readonly nudged: string[] = [];
  /** Policies and rules whose rollback was called a false alarm. */
  readonly falseAlarms: string[] = [];
  /** Of the controller. */
  readonly ending = new AbortController();
  /** What is wrong with the rule file. */
  problem: string | null = null;
  /** Users' requests, as metrics would tell; null: they can't. */
  perSecond: number | null = null;
  /** Rules that the metrics show nothing of. */
  unmeasured: Awaited<ReturnType<Served['unmeasured']>> = [];
  /** What the metrics remember of stable, by rule. */
  histories: Awaited<ReturnType<Served['history']>> = {};

  private constructor(policy: Policy, rules: RuleSet, { unserved = () => null }: Pick<ControlsOptions, 'unserved'>) {
    const opened = openMemoryStore();
    if (!opened.ok) throw new Error(opened.error.message);
    this.store = opened.value;
    this.served = {
      policy,
      traffic: async () =>
        this.perSecond === null ? null : { perSecond: this.perSecond, stableRatio: 0.0005, ofRoute: {} },
      history: async () => this.histories,
      examine: async () => [],
      unmeasured: async () => this.unmeasured,
      rules: this.#rulesInForce(rules),
    };
    const events = broadcast<ControlEvent>(() => {});
    this.starter = new Starter({
      store: this.store,
      clock: systemClock,
      compression: 1,
      changed: ({ id }) => void this.nudged.push(id),
      begun: (release) => {
        this.begun.push(release);
        events.tell({ kind: 'release', release });
      },
    });
    this.controls = new ReleaseControls({
      records: records({ deliveries: this.deliveries, trail: new LogTrail(this.store) }),
      store: this.store,
      clock: systemClock,
      services: new Map([['app', this.served]]),
      starter: this.starter,
      unserved,
      events,
      stop: this.ending.signal,
      saved: (release, log) => {
        events.tell({ kind: 'release', release });
        for (const entry of log) events.tell({ kind: 'log', release, entry });
      },
      nudge: (id) => void this.nudged.push(id),
      falseAlarm: (policy, rule) => void this.falseAlarms.push(`${policy}/${rule}`),
      pulse: this.pulse,
      instances: () => null,
      rules: policyRules({ store: this.store, clock: systemClock, services: new Map([['app', this.served]]) }),
    });
  }

  /** `stable`: the policy was looked after before; null: never. */
  static async open({ stable = 'v1', ...rest }: Opened = {}): Promise<ControlRoom> {
    const room = new ControlRoom(await policyOf(), await productionRules(), rest);
    if (stable !== null) {
      const revisions = { [stable]: command('serve') };
      await room.store.savePolicy({
        policy: 'app',
        stable,
        previous: null,
        frozen: [],
        attested: [],
        revisions,
        version: 0,
      });
    }
    return room;
  }

  start(revision: string, word = revision): Promise<Result<Release>> {
    return this.controls.start({ policy: 'app', revision, spec: command(word), ...ada });
  }

  async started(revision: string): Promise<Release> {
    const release = await this.start(revision);
    if (!release.ok) throw new Error(release.error.message);
    return release.value;
  }

  async release(id: string): Promise<Release> {
    const read = await this.store.release(id);
    if (!read.ok || read.value === null) throw new Error(`no release ${id}`);
    return read.value;
  }

  /** The loop ends a release that made way. */
  async end({ id }: Release): Promise<Release> {
    const cause = { reason: 'Superseded', message: '', rule: null, atMs: 0, data: {} };
    const phase = { phase: 'failed', cause, endedAtMs: 1 } as const;
    const saved = await this.store.save({ ...(await this.release(id)), phase }, []);
    if (!saved.ok) throw new Error(saved.error.message);
    return saved.value;
  }

  #rulesInForce(rules: RuleSet): RulesInForce {
    return {
      events$: { pipe: () => undefined } as never,
      current: () =>
        this.problem === null ? ok(rules) : failed({ reason: 'RulesInvalid', message: this.problem, retryable: false }),
      lastGood: () => rules,
      problem: () => this.problem,
    };
  }
}
