/** Answers warnings in the demo where no person does: a busy machine answers slowly, and the story must not wait for that for ever. */
import type { Controls } from '../../server/controls.ts';
import { healthy } from './cast.ts';
import { answerWarnings, openWarning } from './warnings.ts';
import type { Witness } from './witness.ts';

export interface StandInOptions {
  readonly witness: Witness;
  readonly controls: Controls;
  /** A person plays with the keys: then the answer is theirs. */
  readonly isPersonThere: () => boolean;
  readonly tell: (note: string) => void;
}

/** Long enough to be read on the screen. */
const waitMs = 3_000;
const lookEveryMs = 250;

/**
 *   warning of the healthy release opened ──3 s──► answered, said, and noted for the report
 */
export class StandIn {
  readonly #options: StandInOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #answered: string[] = [];
  #sinceMs: number | null = null;

  constructor(options: StandInOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), lookEveryMs);
  }

  /** Rules whose warnings it answered. */
  get answered(): readonly string[] {
    return this.#answered;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { controls, isPersonThere, tell, witness } = this.#options;
    const release = witness.of(healthy)?.release ?? null;
    const rule = openWarning(release);
    if (release === null || rule === null || isPersonThere()) {
      this.#sinceMs = null;
      return;
    }
    this.#sinceMs ??= performance.now();
    if (performance.now() - this.#sinceMs < waitMs || this.#answered.includes(rule)) return;
    this.#answered.push(rule);
    tell(`${rule} warns and asks for a person: this machine is busy, and the demo answers in your place: go on`);
    await answerWarnings({ controls, release, who: 'demo', reason: 'the machine of the demo was busy' });
  }
}
