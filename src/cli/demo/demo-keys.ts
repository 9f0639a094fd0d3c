/** The keys of a running demo: e, l and o switch a fault on and off, a answers a warning, q leaves. */
import { isOver } from '../../release/phase.ts';
import type { Controls } from '../../server/controls.ts';
import { personHere } from '../context.ts';
import { isLeaving } from '../keyboard.ts';
import type { Ending } from './ending.ts';
import type { FaultBoard, FaultName } from './fault-board.ts';
import { answerWarnings, openWarning } from './warnings.ts';
import type { Witness } from './witness.ts';

const faultOf: Readonly<Record<string, FaultName>> = { e: 'errors', l: 'latency', o: 'outage' };

export interface DemoKeysOptions {
  readonly faults: FaultBoard;
  readonly witness: Witness;
  readonly controls: Controls;
  readonly ending: Ending;
  readonly tell: (note: string) => void;
}

export class DemoKeys {
  readonly #options: DemoKeysOptions;
  readonly #done: string[] = [];

  constructor(options: DemoKeysOptions) {
    this.#options = options;
  }

  /** What was done by key, in order. */
  get done(): readonly string[] {
    return this.#done;
  }

  pressed(key: string): void {
    if (isLeaving(key)) return this.#options.ending.leave('quit');
    const name = faultOf[key];
    if (name !== undefined) void this.#toggle(name);
    if (key === 'a') void this.#answer();
  }

  /** What each key does now. */
  words(): readonly string[] {
    const { faults, witness } = this.#options;
    const release = witness.current();
    const word = ([key, name]: [string, FaultName]): string =>
      `${key} ${name}${faults.isOn(name, release?.revision ?? '') ? ' (on)' : ''}`;
    const answer = openWarning(release) === null ? [] : ['a answer the warning'];
    return [...Object.entries(faultOf).map(word), ...answer, 'q quit'];
  }

  async #toggle(name: FaultName): Promise<void> {
    const { faults, tell, witness } = this.#options;
    const release = witness.current();
    if (release === null || isOver(release)) return tell('there is no canary that could have a fault now');
    const { revision } = release;
    this.#did(await (faults.isOn(name, revision) ? faults.switchOff(name) : faults.switchOn(name, revision)));
  }

  async #answer(): Promise<void> {
    const { controls, tell, witness } = this.#options;
    const release = witness.current();
    const rule = openWarning(release);
    if (release === null || rule === null) return tell('there is no warning to answer');
    await answerWarnings({ controls, release, who: personHere(), reason: 'answered by key in the demo' });
    this.#did(`the warning of ${rule} is answered: go on`);
  }

  #did(what: string): void {
    this.#done.push(what);
    this.#options.tell(`you: ${what}`);
  }
}
