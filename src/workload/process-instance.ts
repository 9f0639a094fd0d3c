/** One instance of a command: started, probed, started again when it dies, stopped. */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { hopelessDelayMs, isCrashLoop, restartDelayMs, withDeath } from './crash-loop.ts';
import type { Failure } from './failure.ts';
import { describeCrashLoop } from './process-death.ts';
import { findStarted } from './process-find.ts';
import { launchProcess } from './process-launch.ts';
import { freePort, portIsFree } from './process-port.ts';
import type { InstanceRecord } from './process-records.ts';
import type { ProcessRegistry } from './process-registry.ts';
import { stopProcess } from './process-stop.ts';
import { processMark, signal } from './process-table.ts';
import type { ProcessTiming } from './process-timing.ts';
import { type Readiness, ready, starting } from './readiness.ts';
import type { CommandSpec } from './revision-spec.ts';
import { RunningProcess } from './running-process.ts';
import type { Instance } from './workload.ts';

export interface InstanceContext {
  readonly spec: CommandSpec;
  readonly registry: ProcessRegistry;
  readonly timing: ProcessTiming;
  readonly clock: Clock;
  /** Called after every change of what `view` answers. */
  readonly changed: () => void;
  /** Ports that other instances hold or will. */
  readonly takenPorts: () => ReadonlySet<number>;
}

/** A port that somebody else took between the choice and the start is no fault of the service. */
const portRacesAllowed = 5;

/**
 *   begin ──► launch ──► running: starting ──► ready ◄──► unready
 *               ▲  │        │ death
 *               │  └────────┴──► down ──┐
 *               └─ doubling delay ──────┘       stop, close: from anywhere ──► closed
 */
export class ProcessInstance {
  readonly #context: InstanceContext;
  #record: InstanceRecord;
  #running: RunningProcess | null = null;
  #again: NodeJS.Timeout | undefined;
  #downMessage: string | null = null;
  #failure: Failure | null = null;
  #launching: Promise<void> = Promise.resolve();
  #portRaces = 0;
  #closed = false;
  /** The record on disk is behind (a full disk): written again with the next probe. */
  #unsaved = false;

  constructor(record: InstanceRecord, context: InstanceContext) {
    this.#record = record;
    this.#context = context;
  }

  get record(): InstanceRecord {
    return this.#record;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#record.port}`;
  }

  get isReady(): boolean {
    return this.#running?.readiness.state === 'ready';
  }

  view(): Instance {
    const { id, restarts, pid } = this.#record;
    const cwd = this.#context.spec.cwd ?? process.cwd();
    return { id, url: this.origin, pid, cwd, restarts, ...this.#stateAndMessage() };
  }

  /** Takes up the process that the record speaks of, or starts one. Settles after its first probe, or when it could not be started. */
  async begin(): Promise<void> {
    const found = findStarted(this.#record);
    if (found !== null) {
      const initial = this.#record.ready ? ready : starting;
      this.#save(found);
      await this.#watch(null, initial);
    } else if (this.#record.pid !== null) {
      await this.#died('it ended while no controller ran', 'exited');
    } else {
      await this.#launch();
    }
  }

  /** Ends the process and its group: SIGTERM, a grace, SIGKILL. */
  async stop(): Promise<void> {
    this.close();
    await this.#launching;
    const { pid, mark } = this.#record;
    if (pid !== null && mark !== null) await stopProcess({ pid, mark, graceMs: this.#context.timing.graceMs });
  }

  /** Looks no more; what runs runs on. */
  close(): void {
    this.#closed = true;
    this.#running?.end();
    this.#running = null;
    clearTimeout(this.#again);
  }

  #launch(): Promise<void> {
    this.#downMessage = null;
    this.#launching = this.#start().then((child) => {
      if (child !== null && !this.#closed) void this.#watch(child, starting);
    });
    return this.#launching;
  }

  async #start(): Promise<ChildProcess | null> {
    const { spec, registry, takenPorts } = this.#context;
    const { id, revision, port: lastPort } = this.#record;
    const port = lastPort !== 0 && (await portIsFree(lastPort)) ? lastPort : await freePort(takenPorts());
    if (this.#closed) return null;
    const launchId = randomUUID();
    this.#save({ launchId, port, pid: null, mark: null, ready: false });
    const launch = { spec, revision, instance: id, launchId, port, logPath: registry.logPath(id) };
    const launched = await launchProcess(launch);
    if (!launched.ok) {
      this.#failure = launched.error;
      this.#retryIn(hopelessDelayMs, launched.error.message);
      return null;
    }
    const { pid, child } = launched.value;
    this.#save({ pid, mark: processMark(pid) });
    return child;
  }

  #watch(child: ChildProcess | null, initial: Readiness): Promise<void> {
    const { spec, timing, changed } = this.#context;
    const { pid, mark } = this.#record;
    this.#running = new RunningProcess({
      pid: pid ?? 0,
      mark,
      child,
      initial,
      target: { origin: this.origin, healthPath: spec.healthPath },
      timing: timing.probe,
      aliveMs: timing.aliveMs,
      onProbed: (now, before) => this.#probed(now, before),
      onDeath: (how) => {
        // What it left behind would hold its port; the group's number is its own as long as anybody is in it.
        if (pid !== null) signal(-pid, 'SIGKILL');
        void this.#died(how, this.#running?.readiness.state ?? initial.state);
      },
    });
    changed();
    return this.#running.begin();
  }

  #probed(now: Readiness, before: Readiness): void {
    const upMs = this.#running?.upMs ?? 0;
    if (now.state === 'ready' && upMs > this.#context.timing.stableMs) this.#failure = null;
    if (now.state !== before.state || this.#unsaved) this.#save({ ready: now.state === 'ready' });
    if (now.state !== before.state) this.#context.changed();
  }

  async #died(how: string, last: Instance['state']): Promise<void> {
    const { port, id } = this.#record;
    this.#running = null;
    this.#downMessage = how;
    this.#context.changed();
    const portWasTaken = last === 'starting' && this.#portRaces < portRacesAllowed && !(await portIsFree(port));
    if (this.#closed) return;
    if (portWasTaken) {
      this.#portRaces += 1;
      return this.#launch();
    }
    const deaths = withDeath(this.#record.deaths, this.#context.clock.wallMs());
    this.#save({ pid: null, mark: null, ready: false, restarts: this.#record.restarts + 1, deaths });
    if (isCrashLoop(deaths)) {
      this.#failure = await describeCrashLoop(this.#record, how, this.#context.registry.logPath(id));
    }
    this.#retryIn(restartDelayMs(deaths, this.#context.timing.restartMs), how);
  }

  #retryIn(delayMs: number, why: string): void {
    if (this.#closed) return;
    this.#downMessage = `${why}; started again in ${delayMs / 1_000} s`;
    this.#again = setTimeout(() => void this.#launch(), delayMs);
    this.#context.changed();
  }

  #stateAndMessage(): Pick<Instance, 'state' | 'message'> {
    if (this.#closed) return { state: 'unready', message: 'being stopped' };
    if (this.#running !== null) {
      const { state, message } = this.#running.readiness;
      return { state, message };
    }
    if (this.#downMessage !== null) return { state: 'exited', message: this.#downMessage };
    return { state: 'starting', message: 'being started' };
  }

  #save(change: Partial<InstanceRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#unsaved = !this.#context.registry.saveInstance(this.#record).ok;
  }
}
