/** `npm run lab -- status`: what runs, where, and how much memory it takes. */
import { readFileSync } from 'node:fs';
import { isAlive } from '../../support/process.ts';
import { runningLab } from './running.ts';

export function status(): void {
  const { pid, servers } = runningLab();
  const rows = [{ name: 'lab, kubelet', at: '', pid }, ...servers];
  for (const { name, at, pid: id } of rows) {
    const state = isAlive(id) ? `process ${id}, ${memoryMib(id)} MiB` : 'gone';
    console.log(`${name.padEnd(24)} ${at.padEnd(36)} ${state}`);
  }
}

function memoryMib(pid: number): number {
  const [, kib = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1_024);
}
