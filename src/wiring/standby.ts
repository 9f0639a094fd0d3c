/**
 * Waits for a state folder that another controller owns, and takes it over when that one is gone or silent.
 *
 *   store in use ──► look at the leader's beat ──► changed: it lives
 *        ▲                    └──► silent for 9 s ──► on this machine: SIGKILL, so that it never writes again
 *        └── 0.5 s ──┘                                elsewhere: its own supervisor has to end it
 *
 * The operating system's lock on the store decides who leads; it ends with the process that holds it, however that ends.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../lib/pause.ts';
import type { Result } from '../lib/result.ts';
import type { HistoryBound } from '../release/history-bound.ts';
import { openSqliteStore } from '../release/sqlite.ts';
import type { TrailedStore } from '../release/trail.ts';
import { processMark, signal } from '../workload/process-table.ts';
import { BeatWatch } from './beat-watch.ts';
import { type Leader, readLeader, storePath } from './leader-file.ts';

export interface StandbyOptions {
  readonly stateDir: string;
  readonly bound: HistoryBound;
  /** Ends the wait. */
  readonly stop: AbortSignal;
  /** The folder is taken: called once, before the first wait. */
  readonly waiting: () => Promise<void>;
  /** A silent leader was ended. */
  readonly ended: (leader: Leader) => void;
}

const lookEveryMs = 500;

/** Nine beats missed. With the rest of a take-over this stays well below 15 s. */
const silentLooks = 18;

/** The store, once it is ours; null: told to stop before. Fails as a store does that nobody else owns. */
export async function waitForStore(options: StandbyOptions): Promise<Result<TrailedStore> | null> {
  const { stateDir, stop } = options;
  const watch = new BeatWatch(stateDir, 'any');
  for (let look = 0; ; look += 1) {
    const store = openSqliteStore({ path: storePath(stateDir), ...options.bound });
    if (store.ok || store.error.reason !== 'StoreInUse') return store;
    if (look === 0) await options.waiting();
    if (watch.look() >= silentLooks && canWrite(stateDir)) endLeader(options);
    await pause(lookEveryMs, stop);
    if (stop.aborted) return null;
  }
}

/** Where this process can't write either, it is the disk that is silent, and nothing is won by taking over. */
function canWrite(stateDir: string): boolean {
  try {
    writeFileSync(join(stateDir, 'standby'), `${process.pid}\n`, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

/** Stopped or hanging, not gone: it would go on where it was, so it has to end first. Another process with its id is left alone. */
function endLeader({ stateDir, ended }: StandbyOptions): void {
  const leader = readLeader(stateDir);
  if (leader === null || leader.pid === process.pid || processMark(leader.pid) !== leader.mark) return;
  if (signal(leader.pid, 'SIGKILL')) ended(leader);
}
