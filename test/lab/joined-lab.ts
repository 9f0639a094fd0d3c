/** The lab as a test uses it: one that runs already, or one that is started for this test run and ends with it. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AtEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/process.ts';
import { Api } from './api/api.ts';
import { controlUrl } from './control/control.ts';
import type { ApiServerVersion } from './control-plane/api-server.ts';
import { type AuditEvent, auditEvents } from './control-plane/audit.ts';
import { kubeconfigOf, type Who } from './control-plane/identities.ts';
import { labFolder, startLockOf } from './folder.ts';
import { whileLocked } from './parts/lock.ts';
import type { Extent } from './parts/parts.ts';
import type { Running } from './servers/servers.ts';
import { type LabState, stateOf } from './state.ts';

export interface JoinedLab {
  readonly folder: string;
  readonly state: LabState;
  api(who?: Who): Api;
  kubeconfig(who: Who): string;
  /** Every request that the API server answered so far. */
  audit(): readonly AuditEvent[];
  /** What runs now. */
  servers(): readonly Running[];
  /** Ends a program of the lab as a crash does; it stays away until it is started again. */
  kill(name: string): Promise<void>;
  start(name: string): Promise<void>;
  /** A new namespace, deleted at the end. */
  namespace(): Promise<string>;
}

/** The lab that is started if none runs. */
interface NewLab {
  readonly extent?: Extent;
  readonly apiServer?: ApiServerVersion;
  /** Process that it ends with; default: the run of tests that this worker belongs to. */
  readonly until?: number;
}

export async function joinLab(atEnd: AtEnd, made: NewLab = {}): Promise<JoinedLab> {
  const folder = labFolder();
  const state = stateOf(folder) ?? (await startedOnce(folder, made));
  const api = (who: Who = 'admin'): Api => {
    const opened = new Api({ server: state.server, token: state.tokens[who], ca: state.ca });
    atEnd(() => opened.close());
    return opened;
  };
  const admin = api();
  const namespace = async (): Promise<string> => {
    const metadata = { generateName: 'test-' };
    const made = await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    const { name } = made.metadata;
    atEnd(() => admin.delete(`/api/v1/namespaces/${name}`));
    return name;
  };
  return {
    folder,
    state,
    api,
    kubeconfig: (who) => kubeconfigOf(folder, who),
    audit: () => auditEvents(state.auditLog),
    servers: () => stateOf(folder)?.servers ?? [],
    kill: (name) => order(name, 'kill'),
    start: (name) => order(name, 'start'),
    namespace,
  };
}

async function order(name: string, what: 'kill' | 'start'): Promise<void> {
  const answer = await fetch(`${controlUrl}/${name}/${what}`, { method: 'POST' });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Of files that run side by side one starts it, the others wait for that. */
async function startedOnce(folder: string, made: NewLab): Promise<LabState> {
  let state = stateOf(folder);
  const run = async (): Promise<void> => {
    state = stateOf(folder) ?? (await startLab(folder, made));
  };
  await whileLocked(startLockOf(folder), { waiting: () => undefined, run });
  if (state === null) throw new Error('no lab');
  return state;
}

const startWithinMs = 240_000;

/** It outlives this file's worker and serves the files after it. */
async function startLab(
  folder: string,
  { apiServer = 'current', extent = 'whole', until = process.ppid }: NewLab,
): Promise<LabState> {
  const log = join(tmpdir(), `sluice-lab-start-${process.pid}.log`);
  const output = openSync(log, 'w');
  const script = join(import.meta.dirname, 'main.ts');
  const bare = extent === 'bare' ? ['--bare'] : [];
  const version = apiServer === 'before' ? ['--api-server-before'] : [];
  const child = spawn(
    process.execPath,
    [script, 'up', ...bare, ...version, '--until', String(until), '--deadline', '60'],
    {
      stdio: ['ignore', output, output],
      detached: true,
    },
  );
  closeSync(output);
  child.unref();
  try {
    const isOver = (): boolean => !isAlive(child.pid ?? 0);
    await eventually(() => stateOf(folder) !== null || isOver(), { withinMs: startWithinMs });
    const state = stateOf(folder);
    if (state === null) throw new Error('it ended');
    return state;
  } catch (error) {
    throw new Error(`no lab:\n${readFileSync(log, 'utf8')}`, { cause: error });
  } finally {
    rmSync(log, { force: true });
  }
}
