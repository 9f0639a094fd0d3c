/** Processes that an earlier lab left when it was killed: found by the mark in their environment, ended by their ids. */
import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from '../../support/eventually.ts';
import { isAlive, signalById } from '../../support/process.ts';

export async function endLeftOver(folder: string): Promise<readonly number[]> {
  const found = leftOver(folder);
  for (const pid of found) signalById(pid, 'SIGKILL');
  await eventually(() => found.every((pid) => !isAlive(pid)));
  return found;
}

export const leftOver = (folder: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && isMarked(pid, folder) && isAlive(pid));

function isMarked(pid: number, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`SLUICE_LAB=${folder}`);
  } catch {
    return false;
  }
}
