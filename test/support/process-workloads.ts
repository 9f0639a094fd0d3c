/** Workloads over real processes for tests: impatient, over an in-memory data plane, and with nothing left behind. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleServicePath } from '../../src/cli/demo/sample-command.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { MemoryRouter } from '../../src/router/memory.ts';
import type { Backends } from '../../src/workload/backends.ts';
import { ProcessWorkload } from '../../src/workload/process.ts';
import type { ProcessTiming } from '../../src/workload/process-timing.ts';
import type { CommandSpec } from '../../src/workload/revision-spec.ts';
import type { RevisionState, Workload } from '../../src/workload/workload.ts';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { eventually } from './eventually.ts';
import { isAlive, signalById } from './process.ts';

export const impatient: Partial<ProcessTiming> = {
  probe: { startingMs: 40, steadyMs: 80, timeoutMs: 400 },
  aliveMs: 40,
  restartMs: 30,
  hostRetryMs: 300,
  graceMs: 1_000,
  drainMs: 20,
  stableMs: 500,
  followMs: 100,
  logsMs: 50,
};

/** A data plane that serves nothing yet. */
export function emptyBackends(): Backends {
  const nothing = { revision: null, endpoints: [] };
  return new MemoryRouter({ stable: nothing, canary: nothing });
}

export interface OpenOptions {
  readonly stateDir: string;
  readonly backends?: Backends;
  readonly timing?: Partial<ProcessTiming>;
  readonly clock?: Clock;
}

/** Opens a workload that is closed, and whose processes are ended, when the test is over. */
export async function openWorkload({ stateDir, backends, timing, clock }: OpenOptions): Promise<ProcessWorkload> {
  endProcessesOf(stateDir);
  const opened = await ProcessWorkload.open({
    stateDir,
    backends: backends ?? emptyBackends(),
    epoch: 1,
    timing: { ...impatient, ...timing },
    ...(clock && { clock }),
  });
  if (!opened.ok) throw new Error(opened.error.message);
  atTestEnd(() => opened.value.close());
  return opened.value;
}

/** Ends, when the test is over, the groups of all processes that the registry in this directory names. */
export function endProcessesOf(stateDir: string, atEnd: AtEnd = atTestEnd): void {
  atEnd(async () => {
    const pids = registeredPids(stateDir).filter(isAlive);
    for (const pid of pids) signalById(-pid, 'SIGKILL');
    await eventually(() => !pids.some(isAlive));
  });
}

export function registeredPids(stateDir: string): readonly number[] {
  return instanceFiles(stateDir).flatMap((file) => {
    const [, pid] = readFileSync(file, 'utf8').match(/"pid": *(\d+)/) ?? [];
    return pid === undefined ? [] : [Number(pid)];
  });
}

export function instanceFiles(stateDir: string): readonly string[] {
  try {
    const directory = join(stateDir, 'instances');
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** The sample service, quick to answer. */
export function sampleSpec(version: string): CommandSpec {
  return nodeSpec([sampleServicePath], { VERSION: version, LATENCY_MS: '1' });
}

/** A program for `nodeSpec(['-e', tinyServer])`: answers every request at its port. */
export const tinyServer = `require('http').createServer((q, s) => s.end('ok')).listen(process.env.PORT, '127.0.0.1')`;

/** Node with these arguments; ready when /healthz answers. */
export function nodeSpec(args: readonly string[], env: Record<string, string> = {}): CommandSpec {
  return { kind: 'command', command: [process.execPath, ...args], env, cwd: null, healthPath: '/healthz', replicas: 1 };
}

export async function stateOf(workload: Workload, revision: string): Promise<RevisionState> {
  const answer = await workload.observe();
  const state = answer.ok ? answer.value.revisions.find((candidate) => candidate.revision === revision) : undefined;
  if (state === undefined) throw new Error(`${revision} is not observed`);
  return state;
}

/** Waits until all wanted instances are ready. */
export function allReady(workload: Workload, revision: string): Promise<RevisionState> {
  return eventually(async () => {
    const state = await stateOf(workload, revision);
    const ready = state.instances.filter((instance) => instance.state === 'ready');
    if (ready.length !== state.wanted || state.instances.length !== state.wanted)
      throw new Error(JSON.stringify(state));
    return state;
  });
}
