/** The lab's programs: started in order, waited for, ended by their ids; none outlives the lab. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { isAlive, signalById } from '../../support/process.ts';
import { tail } from '../parts/run-logged.ts';
import { marks } from './marks.ts';
import type { Server } from './server.ts';

export interface Running {
  readonly name: string;
  readonly at: string;
  readonly pid: number;
}

interface Entry {
  readonly server: Server;
  child: ChildProcess;
  /** Whether it was told to end. */
  told: boolean;
}

/** On a machine that is busy with other things. */
const readyWithinMs = 120_000;
const graceMs = 3_000;

export class Servers {
  readonly #folder: string;
  readonly #entries = new Map<string, Entry>();
  readonly #lost: (what: string) => void;

  /** `lost` hears of a program that ended without having been told. */
  constructor(folder: string, lost: (what: string) => void) {
    this.#folder = folder;
    this.#lost = lost;
    mkdirSync(join(folder, 'logs'), { recursive: true });
  }

  running(): readonly Running[] {
    return [...this.#entries.values()]
      .filter(({ child }) => child.pid !== undefined && isAlive(child.pid))
      .map(({ server: { name, at }, child }) => ({ name, at, pid: child.pid ?? 0 }));
  }

  /** Resolves when it is ready; rejects with the end of its log if it ends before. */
  async start(server: Server): Promise<void> {
    const { name } = server;
    if (this.#isRunning(name)) throw new Error(`${name} runs already`);
    const entry: Entry = { server, child: spawnServer(server, this.#folder), told: false };
    this.#entries.set(name, entry);
    let over: string | null = null;
    entry.child.once('error', (error) => {
      over = error.message;
    });
    entry.child.once('exit', (code, signal) => {
      over = `${name} ended (${code ?? signal ?? 'unknown'})`;
      if (!entry.told) this.#lost(`${over}; the end of its log:\n${tail(logOf(this.#folder, name))}`);
    });
    const failure = await this.#waitFor(server, () => over);
    if (failure !== null) throw new Error(`${failure}; the end of its log:\n${tail(logOf(this.#folder, name))}`);
  }

  /** Resolves when it is gone; one that takes no notice of the signal is killed. */
  async end(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const entry = this.#entries.get(name);
    const pid = entry?.child.pid;
    if (entry === undefined || pid === undefined) return;
    entry.told = true;
    signalById(pid, signal);
    await eventually(() => isOver(entry.child), { withinMs: graceMs }).catch(async () => {
      signalById(pid, 'SIGKILL');
      await eventually(() => isOver(entry.child));
    });
  }

  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Starts one again that was ended. */
  async startAgain(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`the lab has no ${name}`);
    await this.start(entry.server);
  }

  /** What they know goes with the lab: no reason to be slow about it. */
  async endAll(): Promise<void> {
    for (const name of [...this.#entries.keys()].reverse()) await this.end(name, 'SIGKILL');
  }

  #isRunning(name: string): boolean {
    return this.running().some((server) => server.name === name);
  }

  async #waitFor({ name, ready }: Server, over: () => string | null): Promise<string | null> {
    const settled = eventually(async () => over() !== null || (await ready()), {
      withinMs: readyWithinMs,
      everyMs: 50,
    });
    return settled.then(over, (error: unknown) => `${name} was not ready: ${String(error)}`);
  }
}

/** All its threads: of a process that was killed the first may be gone while others still hold its ports. */
const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

const logOf = (folder: string, name: string): string => join(folder, 'logs', `${name}.log`);

/** It is killed by the kernel when the lab is gone, and carries the lab's mark, by which the next start finds what is left. */
function spawnServer({ name, command, env }: Server, folder: string): ChildProcess {
  const log = openSync(logOf(folder, name), 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
    stdio: ['ignore', log, log],
    detached: true,
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: process.env['TMPDIR'], ...marks(folder), ...env },
  });
  closeSync(log);
  return child;
}
