/** Adds a line to the log of a release that is over, whoever else writes it, and tells so; a line of its reason that is there already is enough. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ports } from '../reconcile/ports.ts';
import type { LogEntry } from '../release/log.ts';
import type { Hand } from './follower.ts';

/** Another writer came first. */
const saveAttempts = 5;

/** Among the last lines: it is looked for not long after it was said. */
const linesBack = 200;

export async function isSaid({ store }: Pick<Ports, 'store'>, id: string, reason: string): Promise<boolean> {
  const log = await store.log(id, linesBack);
  return log.ok && log.value.some((line) => line.reason === reason);
}

export async function sayOnce(
  around: Pick<Ports, 'store' | 'tell'>,
  { id, line }: { readonly id: string; readonly line: LogEntry },
  { over, trouble }: Hand,
): Promise<void> {
  const { store, tell } = around;
  const isStopping = (): boolean => over.aborted && over.reason === null;
  for (let attempt = 1; attempt <= saveAttempts && !isStopping(); attempt += 1) {
    const read = await store.release(id);
    if ((read.ok && read.value === null) || (await isSaid(around, id, line.reason))) return;
    const saved = read.ok && read.value !== null ? await store.save(read.value, [line]) : read;
    if (saved.ok && saved.value !== null) return tell({ kind: 'saved', release: saved.value, log: [line], look: null });
    await sleep(100 * attempt, undefined, { ref: false });
  }
  // The next controller says it.
  if (!isStopping()) trouble(`not recorded: ${line.message}`);
}
