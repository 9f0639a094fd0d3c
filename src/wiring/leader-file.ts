/** Who leads on a state folder, for whoever waits to: one small file, touched each second by the owner of the store. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { processMark } from '../workload/process-table.ts';

const leaderFile = z.object({
  pid: z.int().positive(),
  /** Tells the process from every other that has or had its id, on this machine or another. */
  mark: z.string(),
  host: z.string(),
  epoch: z.int(),
  /** Of its API; null: not open yet. */
  url: z.string().nullable(),
});

export type Leader = Readonly<z.infer<typeof leaderFile>>;

export const storePath = (stateDir: string): string => join(stateDir, 'sluice.db');

export const leaderPath = (stateDir: string): string => join(stateDir, 'leader.json');

/** null: none has said so yet, or not in words that are understood. */
export function readLeader(stateDir: string): Leader | null {
  try {
    return leaderFile.parse(JSON.parse(readFileSync(leaderPath(stateDir), 'utf8')));
  } catch {
    return null;
  }
}

const beatEveryMs = 1_000;

export interface Heartbeat {
  /** The API is open there. */
  announce(url: string): void;
  stop(): void;
}

/** Begins to say that this process leads. `lost`: called once, when the file speaks of a later leader: this one must not write any more. */
export function beginHeartbeat(stateDir: string, epoch: number, lost: () => void): Heartbeat {
  const path = leaderPath(stateDir);
  let written = '';
  const say = (url: string | null): void => {
    const leader: Leader = { pid: process.pid, mark: processMark(process.pid) ?? '', host: hostname(), epoch, url };
    written = JSON.stringify(leader);
    replace(path, written);
  };
  const beat = async (): Promise<void> => {
    const found = readLeader(stateDir);
    if (found !== null && found.epoch > epoch) {
      clearInterval(timer);
      return lost();
    }
    if (found === null) return replace(path, written);
    // Needs no room on the disk: a full one silences nobody.
    await utimes(path, new Date(), new Date()).catch(() => {});
  };
  const timer = setInterval(() => void beat(), beatEveryMs);
  say(null);
  return {
    announce: say,
    stop: () => {
      clearInterval(timer);
      if (readLeader(stateDir)?.epoch === epoch) rmSync(path, { force: true });
    },
  };
}

/** Whole or not at all; one that can't be written makes nobody stop: then nobody waits on this folder in vain either. */
function replace(path: string, text: string): void {
  try {
    writeFileSync(`${path}.next`, text, { mode: 0o600 });
    renameSync(`${path}.next`, path);
  } catch {
    return;
  }
}
