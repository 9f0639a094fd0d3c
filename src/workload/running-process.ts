/** A process that was started, by this controller or an earlier one: its probes, and the news of its death. */
import type { ChildProcess } from 'node:child_process';
import { Prober, type ProberOptions } from './prober.ts';
import { describeExit } from './process-death.ts';
import { processMark } from './process-table.ts';
import type { Readiness } from './readiness.ts';

export interface RunningOptions extends ProberOptions {
  readonly pid: number;
  readonly mark: string | null;
  /** Null: an earlier controller's child. */
  readonly child: ChildProcess | null;
  /** Milliseconds between looks at an earlier controller's child; the death of an own one is told at once. */
  readonly aliveMs: number;
  /** Called once, with how it ended; not after `end`. */
  readonly onDeath: (how: string) => void;
}

export class RunningProcess {
  readonly #prober: Prober;
  readonly #look: NodeJS.Timeout | null;
  readonly #startedMs = performance.now();
  #onDeath: RunningOptions['onDeath'] | null;

  constructor(options: RunningOptions) {
    const { pid, mark, child, aliveMs, onDeath } = options;
    this.#prober = new Prober(options);
    this.#onDeath = onDeath;
    child?.once('exit', () => this.#died(describeExit(child)));
    const look = () => processMark(pid) !== mark && this.#died('exit code unknown: an earlier controller started it');
    this.#look = child === null ? setInterval(look, aliveMs) : null;
  }

  get readiness(): Readiness {
    return this.#prober.readiness;
  }

  /** Milliseconds since it was started or taken up. */
  get upMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** Begins to probe; settles after the first. */
  begin(): Promise<void> {
    return this.#prober.begin();
  }

  /** Looks no more. */
  end(): void {
    this.#onDeath = null;
    this.#prober.end();
    if (this.#look !== null) clearInterval(this.#look);
  }

  #died(how: string): void {
    const tell = this.#onDeath;
    this.end();
    tell?.(how);
  }
}
