/** The hosts of a policy: which revision each belongs to, and the one change that is under way. */
import type { Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/message-of.ts';
import { nextMove, type PlannedHost, surplus } from './fleet-plan.ts';
import { Host } from './host.ts';
import { changeHost } from './host-change.ts';
import { type HostAction, type HostRecord, newHost } from './host-record.ts';
import { forgetRun } from './host-run.ts';
import type { ProcessRegistry } from './process-registry.ts';
import type { ProcessTiming } from './process-timing.ts';
import type { HostsSpec } from './revision-spec.ts';
import type { RevisionState } from './workload.ts';

export interface FleetOptions {
  readonly registry: ProcessRegistry;
  readonly timing: ProcessTiming;
  readonly clock: Clock;
  readonly changed: () => void;
  readonly sendsTo: (origin: string) => boolean;
  readonly leave: (origin: string) => Promise<boolean>;
}

interface Wanted {
  readonly spec: HostsSpec;
  readonly wanted: number;
}

interface UnderWay {
  readonly host: Host;
  readonly abandon: AbortController;
}

/**
 *   want ──► surplus hosts are free ──► next move ──► one host is changed ──► next move ... until nothing is left to do
 */
export class HostFleet {
  readonly #options: FleetOptions;
  readonly #hosts = new Map<string, Host>();
  /** The oldest first. */
  readonly #wants = new Map<string, Wanted>();
  #underWay: UnderWay | null = null;
  #isWorking = false;
  readonly #closing = new AbortController();
  #again: NodeJS.Timeout | undefined;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier controller wrote down. Settles after the first probes of what is in service. */
  async resume(records: readonly HostRecord[]): Promise<void> {
    for (const record of records) this.#add(record);
    const settled = [...this.#hosts.values()].filter(({ record }) => record.stage === 'done');
    await Promise.all(settled.map((host) => host.watch()));
  }

  get logs(): readonly string[] {
    return [...this.#hosts.values()].map(({ logPath }) => logPath);
  }

  /** Absolute. The first revision of a fleet that was never seen is taken to run there already. */
  want(revision: string, spec: HostsSpec, wanted: number): void {
    const isFirst = this.#hosts.size === 0;
    this.#wants.set(revision, { spec, wanted });
    spec.hosts.forEach(({ name, url }, index) => {
      if (this.#hosts.has(name)) return;
      const own = { ...newHost(name, url), revision, ordinal: index + 1, stage: 'found' } as const;
      const isOwn = isFirst && index < wanted;
      this.#add(isOwn ? own : newHost(name, url));
      // Who comes after a crash must not take it for a new one.
      if (isOwn) this.#hosts.get(name)?.save({});
    });
    for (const name of surplus(this.#planned(), { revision, wanted })) this.#release(name);
    if (wanted === 0) this.#wants.delete(revision);
    this.#options.changed();
    this.#workSoon(0);
  }

  state(revision: string): RevisionState {
    const own = this.#of(revision);
    const failed = own.find(({ record }) => record.stage === 'failed');
    const isHopeless = failed !== undefined && !own.some(({ isReady }) => isReady);
    return {
      revision,
      wanted: this.#wants.get(revision)?.wanted ?? 0,
      instances: own.map((host) => host.view()),
      failure: isHopeless ? { reason: reasons[actionOf(failed)], message: failed.record.problem ?? '' } : null,
    };
  }

  ready(revision: string): readonly string[] {
    return this.#of(revision)
      .filter(({ isReady }) => isReady)
      .map(({ origin }) => origin);
  }

  /** What runs runs on, commands too, and is taken up by the next. */
  close(): void {
    this.#closing.abort();
    clearTimeout(this.#again);
    for (const host of this.#hosts.values()) host.unwatch();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #of(revision: string): readonly Host[] {
    return [...this.#hosts.values()]
      .filter(({ record }) => record.revision === revision)
      .toSorted((a, b) => a.record.ordinal - b.record.ordinal);
  }

  #add(record: HostRecord): void {
    const { changed, registry, timing } = this.#options;
    this.#hosts.set(record.name, new Host(record, { changed, registry, timing }));
  }

  #planned(): readonly PlannedHost[] {
    return [...this.#hosts.values()].map((host) => {
      const { record, isReady } = host;
      return { ...record, ready: isReady, removable: (record.runs?.spec.commands.remove ?? null) !== null };
    });
  }

  #release(name: string): void {
    const host = this.#hosts.get(name);
    if (host === undefined) return;
    if (this.#underWay?.host === host) this.#underWay.abandon.abort();
    else host.free(this.#options.clock.wallMs());
  }

  #workSoon(afterMs: number): void {
    clearTimeout(this.#again);
    if (!this.#isClosed) this.#again = setTimeout(() => void this.#work(), afterMs);
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (!this.#isClosed && (await this.#step()));
    this.#isWorking = false;
    // What failed becomes due, and what was unhealthy may be healthy again.
    this.#workSoon(lookEveryMs);
  }

  /** False: nothing is left to do now. */
  async #step(): Promise<boolean> {
    const wants = [...this.#wants].map(([revision, { spec, wanted }]) => ({
      revision,
      wanted,
      hosts: spec.hosts.map(({ name }) => name),
    }));
    const move = nextMove({ hosts: this.#planned(), wants, nowMs: this.#options.clock.wallMs() });
    const host = move === null ? undefined : this.#hosts.get(move.host);
    if (move === null || host === undefined) return false;
    if (move.kind === 'give') this.#give(host, move.revision);
    if (move.kind === 'remove') host.save({ run: begin('remove') });
    await this.#change(host);
    return true;
  }

  #give(host: Host, revision: string): void {
    const { before, leftAtMs, name, revision: donor, runs, url } = host.record;
    const ordinal = Math.max(0, ...this.#of(revision).map(({ record }) => record.ordinal)) + 1;
    const isBack = before === revision && runs?.revision !== revision;
    host.unwatch();
    host.save({
      url: this.#wants.get(revision)?.spec.hosts.find((each) => each.name === name)?.url ?? url,
      revision,
      ordinal,
      stage: 'leaving',
      leftAtMs: donor === null ? leftAtMs : this.#options.clock.wallMs(),
      run: begin(isBack ? 'rollback' : donor === null ? 'deploy' : 'promote'),
      problem: null,
      dueAtMs: null,
      ready: false,
    });
  }

  async #change(host: Host): Promise<void> {
    const { clock, leave, registry, sendsTo, timing } = this.#options;
    const { revision, runs } = host.record;
    const spec = revision === null ? runs?.spec : this.#wants.get(revision)?.spec;
    // Its revision was forgotten: what the host runs is nobody's.
    if (spec === undefined) return host.free(clock.wallMs());
    const abandon = new AbortController();
    this.#underWay = { host, abandon };
    const places = { runsDir: registry.runsDir, aliveMs: timing.aliveMs, graceMs: timing.graceMs };
    const named = { revision: revision ?? runs?.revision ?? '', spec, action: actionOf(host) };
    const over = AbortSignal.any([abandon.signal, this.#closing.signal]);
    try {
      await changeHost(host, { ...named, abandoned: abandon.signal, over, clock, timing, places, sendsTo, leave });
    } catch (thrown) {
      if (this.#isClosed) return;
      host.save({ stage: 'failed', problem: messageOf(thrown), dueAtMs: clock.wallMs() + timing.hostRetryMs });
    }
    this.#underWay = null;
    if (this.#isClosed || !abandon.signal.aborted) return;
    const { run } = host.record;
    host.free(clock.wallMs());
    if (run !== null) forgetRun(run.id, places);
  }
}

const lookEveryMs = 500;

const begin = (action: HostAction): NonNullable<HostRecord['run']> => ({ id: '', action, attempt: 0, startedAtMs: 0 });

const actionOf = ({ record }: Host): HostAction => record.run?.action ?? 'deploy';

const reasons: Readonly<Record<HostAction, string>> = {
  deploy: 'DeployFailed',
  promote: 'PromoteFailed',
  rollback: 'RollbackFailed',
  remove: 'RemoveFailed',
};
