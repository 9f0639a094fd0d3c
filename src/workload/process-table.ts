/** What the system says about processes: which run, since when, in which group, started for what. Linux reads /proc; other systems ask ps. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Stat {
  readonly state: string;
  readonly group: number;
  readonly startTicks: string;
}

/**
 * A mark that tells this process from every other that had or will have its id: boot and start time.
 * Null when none with this id runs; one that ended and waits for its parent (a zombie) does not run.
 */
export function processMark(pid: number): string | null {
  if (process.platform !== 'linux') return psMark(pid);
  const stat = readStat(pid);
  return stat === null || isOver(stat) ? null : `${bootId()}:${stat.startTicks}`;
}

/** Whether any process of the group runs. */
export function groupRuns(group: number): boolean {
  if (!signal(-group, 0)) return false;
  if (process.platform !== 'linux') return true;
  return pids().some((pid) => {
    const stat = readStat(pid);
    return stat !== null && stat.group === group && !isOver(stat);
  });
}

export interface Carrier {
  readonly pid: number;
  readonly group: number;
}

/** Running processes with `NAME=value` in the environment they were started with. Linux only: none elsewhere. */
export function processesWith(name: string, value: string): readonly Carrier[] {
  if (process.platform !== 'linux') return [];
  const wanted = `${name}=${value}`;
  return pids().flatMap((pid) => {
    if (!readOrEmpty(`/proc/${pid}/environ`).split('\0').includes(wanted)) return [];
    const stat = readStat(pid);
    return stat === null || isOver(stat) ? [] : [{ pid, group: stat.group }];
  });
}

/** Sends a signal to a process, or with a negative id to a group; answers whether somebody was there to get it. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function readStat(pid: number): Stat | null {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  if (text === '') return null;
  // The second field is the program's name in parentheses and may hold anything; the fields after it are plain.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', , group = ''] = fields;
  return { state, group: Number(group), startTicks: fields[19] ?? '' };
}

function isOver({ state }: Stat): boolean {
  return state === 'Z' || state === 'X';
}

function bootId(): string {
  return readOrEmpty('/proc/sys/kernel/random/boot_id').trim();
}

function pids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function psMark(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}
