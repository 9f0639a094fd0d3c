/** How a process ended, in words. */
import type { ChildProcess } from 'node:child_process';
import { hopelessDelayMs } from './crash-loop.ts';
import type { Failure } from './failure.ts';
import { logTail } from './process-log.ts';
import type { InstanceRecord } from './process-records.ts';

const lastLines = 10;

export function describeExit({ exitCode, signalCode }: ChildProcess): string {
  return signalCode === null ? `exit code ${exitCode}` : `killed by ${signalCode}`;
}

/** The failure of an instance that keeps dying: how often, how, and its last words. */
export async function describeCrashLoop(record: InstanceRecord, how: string, logPath: string): Promise<Failure> {
  const { id, deaths } = record;
  const first = deaths[0] ?? 0;
  const spanS = Math.round(((deaths.at(-1) ?? first) - first) / 1_000);
  const said = complaint(await logTail(logPath, lastLines));
  const wrote = said === '' ? `It wrote nothing to ${logPath}` : `It wrote to ${logPath}: ${said}`;
  const message = `${id} ended ${deaths.length} times within ${spanS} s, last: ${how}. It is tried again every ${hopelessDelayMs / 1_000} s. ${wrote}`;
  return { reason: 'CrashLoop', message };
}

const mostChars = 300;

/** The line that looks like the reason, else the last one: a whole stack trace fits into no sentence. */
function complaint(tail: string): string {
  const lines = tail.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((each) => /error|exception|fatal|panic/i.test(each)) ?? lines.at(-1) ?? '';
  return line.trim().slice(0, mostChars);
}
