/** Whether the controller that leads on a state folder still shows itself, by looks at its file at equal distances. */
import { statSync } from 'node:fs';
import { leaderPath, readLeader } from './leader-file.ts';

/** Whose beats count: `any` leader's, or only those of one that is `open`: its API answers, so that it has not failed at its start. */
export type BeatOf = 'any' | 'open';

/** Counts looks instead of time: a machine that slept has missed none of either. */
export class BeatWatch {
  readonly #stateDir: string;
  readonly #of: BeatOf;
  #last: number | null = null;
  #unchanged = 0;

  constructor(stateDir: string, of: BeatOf) {
    this.#stateDir = stateDir;
    this.#of = of;
  }

  /** Looks once more; answers how many looks in a row have seen nothing new. No leader's file is nothing new, too. */
  look(): number {
    const isCounted = this.#of === 'any' || (readLeader(this.#stateDir)?.url ?? null) !== null;
    const beat = isCounted ? (statSync(leaderPath(this.#stateDir), { throwIfNoEntry: false })?.mtimeMs ?? 0) : 0;
    this.#unchanged = beat === this.#last ? this.#unchanged + 1 : 0;
    this.#last = beat;
    return this.#unchanged;
  }
}
