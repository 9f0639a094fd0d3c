/** What a running lab tells about itself, in a file that is there once everything is ready and goes with the lab. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../support/process.ts';
import type { Tokens } from './control-plane/identities.ts';
import type { Extent } from './parts/parts.ts';
import type { Running } from './servers/servers.ts';

export interface LabState {
  /** Of the process that everything ends with. */
  readonly pid: number;
  readonly extent: Extent;
  readonly server: string;
  readonly ca: string;
  readonly tokens: Tokens;
  readonly auditLog: string;
  readonly servers: readonly Running[];
}

const fileIn = (folder: string): string => join(folder, 'lab.json');

export function writeState(folder: string, state: LabState): void {
  const file = fileIn(folder);
  writeFileSync(`${file}.next`, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(`${file}.next`, file);
}

/** Null when no lab runs there, whatever an earlier one left. */
export function stateOf(folder: string): LabState | null {
  try {
    const state = JSON.parse(readFileSync(fileIn(folder), 'utf8')) as LabState;
    return isAlive(state.pid) ? state : null;
  } catch {
    return null;
  }
}
