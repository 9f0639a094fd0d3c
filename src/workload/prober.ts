/** Probes one instance again and again, and keeps what the probes say. */
import { type ProbeTarget, probe } from './http-probe.ts';
import { afterProbe, type Readiness } from './readiness.ts';

export interface ProbeTiming {
  /** Between probes of an instance that has not been ready yet. */
  readonly startingMs: number;
  /** Between probes afterwards. */
  readonly steadyMs: number;
  readonly timeoutMs: number;
}

export const defaultProbeTiming: ProbeTiming = { startingMs: 150, steadyMs: 1_000, timeoutMs: 1_000 };

export interface ProberOptions {
  readonly target: ProbeTarget;
  readonly initial: Readiness;
  readonly timing: ProbeTiming;
  /** Called after every probe, with the readiness before it. */
  readonly onProbed: (now: Readiness, before: Readiness) => void;
}

/**
 *   begin ──► probe ──► fold into readiness ──► onProbed ──► wait ─┐     end: no probe any more, no call
 *               ▲──────────────────────────────────────────────────┘
 */
export class Prober {
  readonly #options: ProberOptions;
  #readiness: Readiness;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#readiness = options.initial;
  }

  get readiness(): Readiness {
    return this.#readiness;
  }

  /** Settles after the first probe, at most one time-out later; the others follow by themselves. */
  async begin(): Promise<void> {
    const { target, timing, onProbed } = this.#options;
    const probed = await probe(target, timing.timeoutMs);
    if (this.#ended) return;
    const before = this.#readiness;
    this.#readiness = afterProbe(before, probed);
    const waitMs = this.#readiness.state === 'starting' ? timing.startingMs : timing.steadyMs;
    this.#timer = setTimeout(() => void this.begin(), waitMs);
    onProbed(this.#readiness, before);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}
