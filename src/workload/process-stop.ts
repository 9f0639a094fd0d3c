/** Ends a process and its group: asked first, forced after a grace. */
import { within } from '../lib/within.ts';
import { groupRuns, processMark, signal } from './process-table.ts';

export interface StopOptions {
  /** Leader of the group to end. */
  readonly pid: number;
  /** Mark of the process that is meant; another one that has its id by now is left alone. */
  readonly mark: string;
  readonly graceMs: number;
}

/** SIGTERM to the group, SIGKILL to it after the grace. Settles when nothing of it runs, or two seconds after the SIGKILL. */
export async function stopProcess({ pid, mark, graceMs }: StopOptions): Promise<void> {
  if (processMark(pid) !== mark) return;
  signal(-pid, 'SIGTERM');
  if (await isOverWithin(pid, graceMs)) return;
  signal(-pid, 'SIGKILL');
  await isOverWithin(pid, 2_000);
}

const isOverWithin = (group: number, withinMs: number): Promise<boolean> =>
  within({ withinMs, everyMs: 50 }, () => !groupRuns(group));
