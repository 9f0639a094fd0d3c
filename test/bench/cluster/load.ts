/** What a minute of a controller costs: requests to the API server by kind, CPU and memory of both. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Request } from '../../faults/ledger.ts';
import type { Ground } from '../../faults/scene.ts';
import type { Fleet } from './fleet.ts';

export interface Load {
  /** A minute, without the Lease. */
  readonly requests: number;
  readonly writes: number;
  readonly routePatches: number;
  /** Percent of one core. */
  readonly cpu: number;
  readonly serverCpu: number;
  readonly rssMib: number;
  /** Requests by what they are for, the most frequent first. */
  readonly kinds: string;
}

const ticksPerSecond = 100;

/** User and system time so far, seconds. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

const rssMib = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1_024;

export async function loadOver(ground: Ground, fleet: Fleet, seconds: number): Promise<Load> {
  const server = ground.lab.servers().find(({ name }) => name === 'kube-apiserver')?.pid ?? 0;
  const from = fleet.ledger.requests.length;
  const [cpu, serverCpu, beganMs] = [cpuSeconds(fleet.pid), cpuSeconds(server), performance.now()];
  await delay(seconds * 1_000);
  const tookSeconds = (performance.now() - beganMs) / 1_000;
  const asked = fleet.ledger.requests.slice(from).filter(({ path }) => !path.includes('/leases'));
  const aMinute = (count: number): number => Math.round((count * 60) / tookSeconds);
  const writes = asked.filter(({ kind }) => kind === 'write');
  return {
    requests: aMinute(asked.length),
    writes: aMinute(writes.length),
    routePatches: aMinute(writes.filter(({ path }) => path.includes('/virtualservices/')).length),
    cpu: ((cpuSeconds(fleet.pid) - cpu) / tookSeconds) * 100,
    serverCpu: ((cpuSeconds(server) - serverCpu) / tookSeconds) * 100,
    rssMib: rssMib(fleet.pid),
    kinds: kindsOf(asked, aMinute),
  };
}

function kindsOf(asked: readonly Request[], aMinute: (count: number) => number): string {
  const counts = new Map<string, number>();
  for (const { kind, method, path } of asked) {
    const what = path.replace(/^.*\/namespaces\/[^/]+\//, '').replace(/\/[^/]+-[^/]+/, '/…');
    const key = `${kind === 'watch' ? 'watch' : method} ${what}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, 8);
  return sorted.map(([key, count]) => `${key} ${aMinute(count)}`).join(', ');
}
