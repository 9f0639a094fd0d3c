/** Releases of a policy as its history tells them, newest first; what has ended is read once and remembered. */
import { setImmediate as othersTurn } from 'node:timers/promises';
import { ok, type Result } from '../lib/result.ts';
import { isOver } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import type { PolicyState } from '../release/store.ts';
import { type PastRelease, pastRelease } from '../report/history-view.ts';
import type { Controls } from './controls.ts';
import { wholeLog } from './http-answer.ts';

/** Releases that are remembered. */
const mostRemembered = 2_000;

/** Logs and looks that are read in one piece: of a file in no time of others, of a cluster side by side. */
const atOnce = 5;

interface Remembered {
  readonly past: PastRelease;
  /** Of the records that it was made from. */
  readonly versions: string;
}

interface PastQuery {
  readonly policy: string;
  /** This one and those before it; left out: from the newest on. */
  readonly upTo?: string;
  readonly limit: number;
  readonly nowMs: number;
}

type Asked = Pick<Controls, 'journal' | 'log' | 'policy' | 'releases'>;

export class PastReleases {
  /** By id, of releases that have ended. */
  readonly #remembered = new Map<string, Remembered>();

  /** Asks `controls`, whoever they belong to, for the releases first: nobody learns here what they may not read. */
  async read(controls: Asked, { limit, nowMs, policy, upTo }: PastQuery): Promise<Result<readonly PastRelease[]>> {
    const [state, all] = await Promise.all([
      controls.policy(policy),
      controls.releases({ policy, ...(upTo === undefined ? { limit } : {}) }),
    ]);
    if (!state.ok) return state;
    if (!all.ok) return all;
    const from =
      upTo === undefined
        ? 0
        : Math.max(
            0,
            all.value.findIndex(({ id }) => id === upTo),
          );
    const asked = all.value.slice(from, from + limit);
    const past: PastRelease[] = [];
    for (let at = 0; at < asked.length; at += atOnce) {
      const lot = asked.slice(at, at + atOnce);
      const read = await Promise.all(
        lot.map((release) => this.#pastOf(controls, { release, policy: state.value, nowMs })),
      );
      for (const each of read) {
        if (!each.ok) return each;
        past.push(each.value);
      }
      await othersTurn();
    }
    return ok(past);
  }

  async #pastOf(controls: Asked, { nowMs, policy, release }: Reading): Promise<Result<PastRelease>> {
    const versions = `${release.startedAtMs} ${release.version} ${policy?.version ?? 0}`;
    const known = this.#remembered.get(release.id);
    if (known?.versions === versions) return ok(known.past);
    const [log, journal] = await Promise.all([controls.log(release.id, wholeLog), controls.journal(release.id)]);
    if (!log.ok) return log;
    if (!journal.ok) return journal;
    const past = pastRelease({ release, log: log.value, journal: journal.value, policy }, nowMs);
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    if (isOver(release)) this.#remembered.set(release.id, { past, versions });
    return ok(past);
  }
}

interface Reading {
  readonly release: Release;
  readonly policy: PolicyState | null;
  readonly nowMs: number;
}
