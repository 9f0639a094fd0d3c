/** A lock between processes that the kernel lifts when its holder is gone, however it went. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Lock {
  release(): Promise<void>;
}

/** Null when somebody else holds it. */
export const tryLock = (file: string): Promise<Lock | null> => hold(file, ['--nonblock']);

export interface Locked {
  /** Called once if somebody else holds it. */
  waiting(): void;
  run(): Promise<void>;
}

export async function whileLocked(file: string, { waiting, run }: Locked): Promise<void> {
  let lock = await tryLock(file);
  if (lock === null) {
    waiting();
    lock = await hold(file, []);
  }
  if (lock === null) throw new Error(`could not lock ${file}`);
  try {
    await run();
  } finally {
    await lock.release();
  }
}

/** A child holds the lock for as long as its standard input, our end of a pipe, is open. */
async function hold(file: string, flags: readonly string[]): Promise<Lock | null> {
  const command = [...flags, file, 'sh', '-c', 'echo held; exec cat'];
  // A session of its own: Ctrl-C is for us, who release it.
  const child = spawn('flock', command, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const held = new Promise<boolean>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error('no lock without flock (package util-linux)', { cause })));
    child.once('exit', () => resolve(false));
    child.stdout.once('data', () => resolve(true));
  });
  if (!(await held)) return null;
  const release = async (): Promise<void> => {
    const gone = once(child, 'exit');
    child.stdin.end();
    await gone;
  };
  return { release };
}
