/** Whether the controller that leads on a state folder still shows itself, by looks at its file at equal distances. */
import { statSync } from 'node:fs';
import { leaderPath } from './leader-file.ts';

/** Counts looks instead of time: a machine that slept has missed none of either. */
export class BeatWatch {
  readonly #path: string;
  #last: number | null = null;
  #unchanged = 0;

  constructor(stateDir: string) {
    this.#path = leaderPath(stateDir);
  }

  /** Looks once more; answers how many looks in a row have seen nothing new. No leader's file is nothing new, too. */
  look(): number {
    const beat = statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    this.#unchanged = beat === this.#last ? this.#unchanged + 1 : 0;
    this.#last = beat;
    return this.#unchanged;
  }
}
