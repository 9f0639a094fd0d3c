/**
 * Metric source: CPU, memory and disk of local processes, each as a share of what the process may use.
 *
 *     first look: CPU time noted ──► each later look: CPU used since then / time / cores available
 */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { type Clock, systemClock } from '../lib/clock.ts';
import { cpuQuotaOf, memoryLimitOf } from './host-cgroup.ts';
import { cpuUsed, machineMemory, type ProcessStatus, type ProcessTimes, readProcess } from './host-proc.ts';
import type { Answer, MetricSource } from './metric-source.ts';
import type { Series } from './series.ts';

export interface HostProcess {
  /** host:port: the `instance` label of its series. */
  readonly instance: string;
  readonly pid: number;
  /** The disk is that of this folder's file system. */
  readonly cwd: string;
}

export interface HostOptions {
  readonly name?: string;
  readonly processes: () => readonly HostProcess[];
  readonly intervalMs: number;
  readonly clock?: Clock;
  /** Told once if this platform says nothing about processes. */
  readonly warn?: (message: string) => void;
}

interface Seen extends ProcessTimes {
  readonly monotonicMs: number;
  readonly series: readonly Series[];
}

export function hostSource(options: HostOptions): MetricSource {
  const { name = 'host', processes, intervalMs, clock = systemClock, warn = () => {} } = options;
  let seen: ReadonlyMap<string, Seen> = new Map();
  const supported = existsSync('/proc/self/stat');
  if (!supported)
    warn('CPU, memory and disk of processes are not measured: this platform has no /proc; those rules do not apply');
  const look = async (): Promise<readonly Series[]> => {
    const looks = await Promise.all(
      processes().map(async (each) => {
        const key = JSON.stringify([each.instance, each.pid]);
        return [key, await lookAt(each, seen.get(key) ?? null, { clock, intervalMs })] as const;
      }),
    );
    seen = new Map(looks.flatMap(([key, found]) => (found === null ? [] : [[key, found] as const])));
    return [...seen.values()].flatMap(({ series }) => series);
  };
  return {
    name,
    intervalMs,
    read: async (): Promise<Answer> => ({
      kind: 'series',
      source: name,
      series: supported ? await look() : [],
      receivedAtMs: clock.wallMs(),
    }),
  };
}

interface Timing {
  readonly clock: Clock;
  readonly intervalMs: number;
}

/** null: there is no such process. One that got the pid of another is not it: what was remembered stays, and it says nothing. */
async function lookAt(each: HostProcess, before: Seen | null, { clock, intervalMs }: Timing): Promise<Seen | null> {
  const monotonicMs = clock.monotonicMs();
  // Several releases ask; the time between two looks must be long enough to measure a share.
  if (before !== null && monotonicMs - before.monotonicMs < 0.8 * intervalMs) return before;
  const atMs = clock.wallMs();
  const now = await readProcess(each.pid);
  if (now === null) return null;
  const usedSeconds = before === null ? 0 : cpuUsed(before, now);
  if (before !== null && usedSeconds === null) return { ...before, series: [] };
  const sample = (metric: string, value: number | null): readonly Series[] =>
    value === null ? [] : [{ metric, labels: { instance: each.instance }, samples: [{ atMs, value }] }];
  const cpuRatio = async (sinceMs: number): Promise<number> =>
    (usedSeconds ?? 0) / ((monotonicMs - sinceMs) / 1000) / (await coresOf(each.pid, now));
  const series = [
    ...sample('sluice_host_cpu_ratio', before === null ? null : await cpuRatio(before.monotonicMs)),
    ...sample('sluice_host_memory_ratio', now.residentBytes / (await memoryOf(each.pid))),
    ...sample('sluice_host_disk_ratio', await diskRatio(each.cwd)),
  ];
  return { ...now, monotonicMs, series };
}

const coresOf = async (pid: number, { cpus }: ProcessStatus): Promise<number> => Math.min(cpus, await cpuQuotaOf(pid));

const memoryOf = async (pid: number): Promise<number> => Math.min(await memoryLimitOf(pid), await machineMemory());

/** As `df` counts it: what is used, of what is used or still free to a user who is not root. null: no such folder. */
async function diskRatio(folder: string): Promise<number | null> {
  const stats = await statfs(folder).catch(() => null);
  if (stats === null) return null;
  const used = stats.blocks - stats.bfree;
  const usable = used + stats.bavail;
  return usable > 0 ? used / usable : null;
}
