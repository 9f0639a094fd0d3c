/** What Linux says of one process under /proc. */
import { readText } from './host-cgroup.ts';

/** USER_HZ: what user space counts in, whatever the kernel's own tick; 100 on every platform that Node runs on. */
const ticksPerSecond = 100;

export interface ProcessTimes {
  /** CPU time used since its start, all threads, user and system. */
  readonly cpuSeconds: number;
  /** Start in ticks since boot: with the pid it names the process, for pids are used again. */
  readonly startTicks: number;
}

/** The command's name stands in parentheses and may hold anything, parentheses too. */
export function parseStat(text: string): ProcessTimes | null {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user, system, start] = [fields[11], fields[12], fields[19]];
  if (user === undefined || system === undefined || start === undefined) return null;
  return { cpuSeconds: (user + system) / ticksPerSecond, startTicks: start };
}

/** CPU seconds used between two looks; null: the pid now belongs to another process. */
export const cpuUsed = (before: ProcessTimes, now: ProcessTimes): number | null =>
  before.startTicks === now.startTicks ? now.cpuSeconds - before.cpuSeconds : null;

/** `0-3,8` is five CPUs. */
export function countCpus(list: string): number {
  return list.split(',').reduce((sum, range) => {
    const [from = Number.NaN, to = from] = range.split('-').map(Number);
    return sum + (to - from + 1);
  }, 0);
}

export interface ProcessStatus {
  readonly residentBytes: number;
  /** CPUs that it may run on. */
  readonly cpus: number;
}

export function parseStatus(text: string): ProcessStatus | null {
  const resident = /^VmRSS:\s*([0-9]+) kB$/m.exec(text)?.[1];
  const cpus = /^Cpus_allowed_list:\s*([0-9,-]+)$/m.exec(text)?.[1];
  return resident === undefined || cpus === undefined
    ? null
    : { residentBytes: Number(resident) * 1024, cpus: countCpus(cpus) };
}

/** null: no such process (any more). A process that ended and waits for its parent has no memory, and is none. */
export async function readProcess(pid: number): Promise<(ProcessTimes & ProcessStatus) | null> {
  const [stat, status] = await Promise.all([readText(`/proc/${pid}/stat`), readText(`/proc/${pid}/status`)]);
  const times = parseStat(stat ?? '');
  const sizes = parseStatus(status ?? '');
  return times === null || sizes === null ? null : { ...times, ...sizes };
}

/** Memory of the machine, bytes; Infinity when it is not told. */
export async function machineMemory(): Promise<number> {
  const kilobytes = /^MemTotal:\s*([0-9]+) kB$/m.exec((await readText('/proc/meminfo')) ?? '')?.[1];
  return kilobytes === undefined ? Number.POSITIVE_INFINITY : Number(kilobytes) * 1024;
}
