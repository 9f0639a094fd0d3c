/** One host: its record, its probes, and how it looks as an instance of the revision that it belongs to. */
import type { HostRecord } from './host-record.ts';
import { Prober } from './prober.ts';
import type { ProcessRegistry } from './process-registry.ts';
import type { ProcessTiming } from './process-timing.ts';
import { type Readiness, ready, starting } from './readiness.ts';
import type { Instance } from './workload.ts';

export interface HostContext {
  readonly registry: ProcessRegistry;
  readonly timing: ProcessTiming;
  /** Called after every change of what `view` answers. */
  readonly changed: () => void;
}

export class Host {
  readonly #context: HostContext;
  #record: HostRecord;
  #prober: Prober | null = null;
  /** How the command under way is getting on, for people. */
  progress = '';

  constructor(record: HostRecord, context: HostContext) {
    this.#record = record;
    this.#context = context;
  }

  get record(): HostRecord {
    return this.#record;
  }

  get readiness(): Readiness {
    return this.#prober?.readiness ?? starting;
  }

  /** The revision that it belongs to is there and answers. */
  get isReady(): boolean {
    return this.#record.stage === 'done' && this.readiness.state === 'ready';
  }

  get origin(): string {
    return new URL(this.#record.url).origin;
  }

  get logPath(): string {
    return this.#context.registry.logPath(`host-${this.#record.name}`);
  }

  /** A record that can't be written is behind: what it speaks of is found out, or done again, by the next controller. */
  save(change: Partial<HostRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#context.registry.saveHost(this.#record);
    this.#context.changed();
  }

  /** Probes it from now on. Settles after the first probe. */
  watch(initial: Readiness = this.#record.ready ? ready : starting): Promise<void> {
    this.unwatch();
    const healthPath = this.#record.runs?.spec.healthPath ?? null;
    this.#prober = new Prober({
      target: { origin: this.origin, healthPath },
      initial,
      timing: this.#context.timing.probe,
      onProbed: (now, before) => {
        if (now.state !== before.state) this.save({ ready: now.state === 'ready' });
      },
    });
    return this.#prober.begin();
  }

  unwatch(): void {
    this.#prober?.end();
    this.#prober = null;
  }

  /** It is nobody's any more; what it runs stays there until somebody else comes. */
  free(nowMs: number): void {
    const { leftAtMs, stage } = this.#record;
    this.unwatch();
    this.save({
      revision: null,
      ordinal: 0,
      stage: 'free',
      leftAtMs: stage === 'done' ? nowMs : leftAtMs,
      run: null,
      problem: null,
      dueAtMs: null,
      ready: false,
    });
  }

  view(): Instance {
    const { name, ordinal, revision, stage } = this.#record;
    const shown = { id: `${revision ?? name}-${ordinal}`, url: this.origin, pid: null, cwd: null, restarts: 0 };
    switch (stage) {
      case 'done':
        return { ...shown, state: this.readiness.state, message: this.readiness.message };
      case 'failed':
        return { ...shown, state: 'exited', message: this.#record.problem ?? 'its command failed' };
      default:
        return { ...shown, state: 'starting', message: this.progress };
    }
  }
}
