/** Real child processes of a test: started, read, and ended by id, also when the test fails or is cut short. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { eventually, patienceMs } from './eventually.ts';

export interface TestProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Everything it wrote so far, standard output and error together. */
  output(): string;
  /** Exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Waits until its output matches, and answers the match. */
  says(pattern: RegExp, withinMs?: number): Promise<RegExpMatchArray>;
  /** Sends a signal (SIGTERM by default) and waits until it is gone. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

export interface StartOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'stdio' | 'detached'> {
  readonly atEnd?: AtEnd;
}

/** Ids that a test is answerable for; a last net for a worker that ends before its tests clean up. */
const answerable = new Set<number>();
process.on('exit', () => {
  for (const pid of answerable) signalById(pid, 'SIGKILL');
});

/** Starts `command` with arguments. Use `process.execPath` to run a TypeScript file of ours. */
export function startProcess(command: readonly [string, ...string[]], options: StartOptions = {}): TestProcess {
  const { atEnd = atTestEnd, ...spawnOptions } = options;
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...spawnOptions });
  const { pid } = child;
  if (pid === undefined) throw new Error(`could not start ${file}`);
  endAtLast(pid, atEnd);
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      written += chunk.toString();
    });
  }
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? signal ?? 0));
  });
  return {
    pid,
    child,
    output: () => written,
    exited,
    says: (pattern, withinMs = patienceMs) =>
      eventually(() => written.match(pattern) ?? fail(`${pattern} not in:\n${written}`), { withinMs }),
    end: (signal = 'SIGTERM') => {
      signalById(pid, signal);
      return exited;
    },
  };
}

/** Makes the test answerable for a process that somebody else started (a service of a killed controller): killed at the end. */
export function endAtLast(pid: number, atEnd: AtEnd = atTestEnd): void {
  answerable.add(pid);
  atEnd(async () => {
    signalById(pid, 'SIGKILL');
    await eventually(() => !isAlive(pid));
    answerable.delete(pid);
  });
}

/** Whether a process runs; one that ended and waits for its parent to notice (a zombie) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return process.platform !== 'linux';
  }
}

/** Sends a signal to one process (a group: its negative number); answers whether it was there to get it. */
export function signalById(pid: number, signal: NodeJS.Signals): boolean {
  if (pid === 0) throw new Error(`no process to send ${signal} to: 0 is this test's own group`);
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Stops a process with SIGSTOP and waits until none of its threads runs any more: the signal alone leaves them a moment. */
export async function standStill(pid: number, atEnd: AtEnd = atTestEnd): Promise<void> {
  atEnd(() => void signalById(pid, 'SIGCONT'));
  signalById(pid, 'SIGSTOP');
  const threads = `/proc/${pid}/task`;
  const isStopped = (thread: string): boolean => {
    const stat = readFileSync(`${threads}/${thread}/stat`, 'utf8');
    return /^[Tt]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  };
  await eventually(() => readdirSync(threads).every(isStopped));
}

function fail(message: string): never {
  throw new Error(message);
}
