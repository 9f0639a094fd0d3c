/** One run of a container: a process group of its own, of which nothing is left when it is over. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAlive, signalById } from '../../support/process.ts';
import { marks } from '../servers/marks.ts';
import { exitCodeOf } from './container-state.ts';
import type { Environment } from './environment.ts';
import { previousOf } from './log-file.ts';

const checkout = join(import.meta.dirname, '..', '..', '..');

/** Node and the like are found as in the scripts of the checkout. */
const path = [join(checkout, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(':');

export interface ContainerRun {
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env: Environment;
  readonly log: string;
  /** The lab's folder: its mark in the environment. */
  readonly lab: string;
}

export interface Ended {
  readonly exitCode: number;
  /** Why it never ran. */
  readonly error: string | null;
}

export class ContainerProcess {
  readonly #pid: number | undefined;
  readonly ended: Promise<Ended>;

  constructor({ command, cwd, env, log, lab }: ContainerRun) {
    mkdirSync(dirname(log), { recursive: true });
    if (existsSync(log)) renameSync(log, previousOf(log));
    const output = openSync(log, 'a');
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
      stdio: ['ignore', output, output],
      detached: true,
      cwd: cwd ?? checkout,
      env: { PATH: path, HOME: lab, ...marks(lab), ...env },
    });
    closeSync(output);
    this.#pid = child.pid;
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve({ exitCode: 128, error: error.message }));
      child.once('exit', (code, signal) => {
        this.#signal('SIGKILL');
        resolve({ exitCode: exitCodeOf(code, signal), error: null });
      });
    });
  }

  /** Asks it to end, and makes it end after `graceMs`. */
  async end(graceMs: number): Promise<void> {
    if (this.#pid === undefined || !isAlive(this.#pid)) return;
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.#signal('SIGKILL'), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.#signal('SIGKILL');
  }

  /** To the whole group: a shell's children do not outlive their container. */
  #signal(signal: NodeJS.Signals): void {
    if (this.#pid !== undefined) signalById(-this.#pid, signal);
  }
}
