/** Starts one process in a session of its own, so that it outlives whoever started it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, statSync } from 'node:fs';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Failure } from './failure.ts';
import { openLog } from './process-log.ts';
import type { CommandSpec } from './revision-spec.ts';

export interface Launch {
  readonly spec: CommandSpec;
  readonly revision: string;
  readonly instance: string;
  /** Names this one start; found again in the process's environment. */
  readonly launchId: string;
  readonly port: number;
  readonly logPath: string;
}

export interface Launched {
  readonly pid: number;
  readonly child: ChildProcess;
}

/** Name of the environment variable that carries the launch's id. */
export const launchVariable = 'SLUICE_LAUNCH';

/** Starts it; fails only when nothing was started. */
export async function launchProcess(launch: Launch): Promise<Result<Launched, Failure>> {
  const { spec, port } = launch;
  const [file = '', ...args] = spec.command.map((part) => part.replaceAll('{port}', String(port)));
  if (spec.cwd !== null && !isDirectory(spec.cwd)) return failed(noDirectory(launch, spec.cwd));
  let log: number | null = null;
  try {
    log = openLog(launch.logPath);
    const child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: environment(launch),
      ...(spec.cwd === null ? {} : { cwd: spec.cwd }),
    });
    if (child.pid === undefined) {
      const [error] = (await once(child, 'error')) as unknown[];
      return failed(notStarted(launch, file, error));
    }
    child.on('error', () => {});
    child.unref();
    return ok({ pid: child.pid, child });
  } catch (error) {
    return failed(notStarted(launch, file, error));
  } finally {
    if (log !== null) closeSync(log);
  }
}

/** The controller's own settings and tokens are not for the services it starts. */
function environment({ spec, revision, instance, launchId, port }: Launch): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_'));
  return {
    ...Object.fromEntries(inherited),
    ...spec.env,
    PORT: String(port),
    SLUICE_REVISION: revision,
    SLUICE_INSTANCE: instance,
    [launchVariable]: launchId,
  };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function noDirectory({ instance }: Launch, cwd: string): Failure {
  return { reason: 'NoSuchDirectory', message: `${instance} can't be started: its directory ${cwd} does not exist` };
}

function notStarted({ instance }: Launch, file: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') {
    const message = `${instance} can't be started: no command "${file}" in PATH; name an existing program`;
    return { reason: 'CommandNotFound', message };
  }
  if (code === 'EACCES') {
    return { reason: 'CommandNotExecutable', message: `${instance} can't be started: "${file}" may not be executed` };
  }
  const why = messageOf(error);
  return { reason: 'CannotStart', message: `${instance} can't be started: ${why}` };
}
