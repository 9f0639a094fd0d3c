/** Ends everything that a demo's folder speaks of, whoever started it, and removes the folder. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProxyBackends } from '../../router/proxy-backends.ts';
import { stopProxy } from '../../router/proxy-process.ts';
import { ProcessWorkload } from '../../workload/process.ts';
import { policyName } from './demo-policy.ts';

/** Answers what could not be ended or removed; empty: nothing is left. */
export async function sweep(dir: string): Promise<readonly string[]> {
  if (!existsSync(dir)) return [];
  const left: string[] = [];
  const socketPath = join(dir, policyName, 'proxy.sock');
  const stopped = await stopProxy(socketPath);
  if (!stopped.ok) left.push(stopped.error.message);
  const stateDir = join(dir, policyName, 'workload');
  if (existsSync(stateDir)) {
    const backends = new ProxyBackends(socketPath);
    const workload = await ProcessWorkload.open({ stateDir, backends, epoch: 0 });
    if (workload.ok) await workload.value.stopAll();
    else left.push(workload.error.message);
  }
  if (left.length === 0) await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return left.length === 0 ? [] : [...left, `the folder is kept: ${dir}`];
}
