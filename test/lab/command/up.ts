/** `npm run lab`: starts a lab in a network of its own, and ends it on Ctrl-C. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { isAlive, signalById } from '../../support/process.ts';
import { kubeconfigOf } from '../control-plane/identities.ts';
import { labFolder } from '../folder.ts';
import { runLab } from '../lab.ts';
import { type Command, inNewNetwork, isInside } from '../network/network.ts';
import { obtain } from '../parts/cache.ts';
import { missingParts, obtainParts } from '../parts/obtain.ts';
import { apiServerBefore } from '../parts/parts.ts';
import { progressOn } from '../parts/progress.ts';
import type { LabState } from '../state.ts';

export interface UpOptions {
  readonly bare?: boolean;
  readonly apiServerBefore?: boolean;
  readonly until?: number;
  readonly deadline: number;
}

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export async function up(options: UpOptions): Promise<void> {
  const extent = options.bare === true ? 'bare' : 'whole';
  if (!(await isInside())) {
    await obtainParts(extent, progressOn());
    if (options.apiServerBefore === true) await obtain(apiServerBefore, { progress: progressOn() });
    return again(options);
  }
  const missing = missingParts(extent);
  if (missing !== null) throw new Error(missing);
  const began = performance.now();
  const folder = labFolder();
  await runLab({
    folder,
    extent,
    apiServer: options.apiServerBefore === true ? 'before' : 'current',
    progress: progressOn(),
    ready: (state) => console.log(welcome(folder, state, performance.now() - began)),
    enough: enough(options),
  });
}

/** The same command once more, inside; it ends with this process, too. */
async function again({ until = process.pid, deadline, bare, apiServerBefore: before }: UpOptions): Promise<void> {
  const script = join(import.meta.dirname, '..', 'main.ts');
  const flags = [...(bare === true ? ['--bare'] : []), ...(before === true ? ['--api-server-before'] : [])];
  const given = ['--until', String(until), '--deadline', String(deadline), ...flags];
  const [file, ...args] = inNewNetwork([process.execPath, ...process.execArgv, script, 'up', ...given] as Command);
  const child = spawn(file, args, { stdio: 'inherit' });
  // Ctrl-C reaches both; this one waits for that one to have cleaned up.
  for (const signal of endingSignals) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' && child.pid !== undefined) signalById(child.pid, signal);
    });
  }
  const failed = once(child, 'error').then(([cause]) => {
    throw new Error('no network of its own without unshare (package util-linux)', { cause });
  });
  const [code] = (await Promise.race([once(child, 'exit'), failed])) as [number | null];
  process.exitCode = code ?? 1;
}

/** Resolves with the reason to end. */
function enough({ until, deadline }: UpOptions): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of endingSignals) process.on(signal, () => resolve(signal));
    setTimeout(() => resolve(`it ran for ${deadline} minutes`), deadline * 60_000).unref();
    if (until === undefined) return;
    const watch = setInterval(() => {
      if (!isAlive(until)) resolve(`process ${until} is gone`);
    }, 200);
    watch.unref();
  });
}

const welcome = (folder: string, { servers }: LabState, ms: number): string => `
The lab is ready, after ${(ms / 1_000).toFixed(1)} s. Its network is its own: enter it with

  npm run lab -- shell                      a shell in there
  npm run lab -- exec kubectl get pods -A   one command

where this is set:

  KUBECONFIG=${kubeconfigOf(folder, 'admin')}

${servers.map(({ name, at, pid }) => `  ${name.padEnd(24)} ${at.padEnd(36)} process ${pid}`).join('\n')}

Logs, the audit log and those of the pods: ${join(folder, 'logs')}
Ctrl-C ends everything.
`;
