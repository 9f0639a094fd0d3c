/** Finds the process that a record speaks of, if it still runs. */
import { launchVariable } from './process-launch.ts';
import type { InstanceRecord } from './process-records.ts';
import { processesWith, processMark, signal } from './process-table.ts';

export interface Found {
  readonly pid: number;
  readonly mark: string;
}

/**
 * The recorded process when it runs and is no other with a reused id. Without a recorded id (a controller killed between starting and
 * writing it down): the process that carries the launch's id. Children that a dead leader left behind are ended, for they hold its port.
 */
export function findStarted({ pid, mark, launchId }: InstanceRecord): Found | null {
  if (pid !== null && mark !== null && processMark(pid) === mark) return { pid, mark };
  if (launchId === '') return null;
  const carriers = processesWith(launchVariable, launchId);
  const leader = carriers.find((process) => process.pid === process.group);
  const leaderMark = leader === undefined ? null : processMark(leader.pid);
  if (leader !== undefined && leaderMark !== null) return { pid: leader.pid, mark: leaderMark };
  for (const process of carriers) signal(process.pid, 'SIGKILL');
  return null;
}
