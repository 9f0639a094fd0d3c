/**
 * One run of a command for a host, which outlives the controller that started it and is found again by the next.
 *
 *   <state>/runs/<id>/pid     written by the run itself before anything else, and by nobody twice
 *   <state>/runs/<id>/exit    its exit code, once it has ended; kept until what came of it is written down
 *   <state>/logs/host-<name>.log   what it wrote, run after run
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { logTail, openLog } from './process-log.ts';
import { stopProcess } from './process-stop.ts';
import { processesWith, processMark } from './process-table.ts';

export interface RunSpec {
  /** Of the run; names it for ever. */
  readonly id: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | null;
  /** Line that begins its part of the log. */
  readonly title: string;
}

export interface RunPlaces {
  readonly runsDir: string;
  readonly logPath: string;
  /** Milliseconds between looks at a run that an earlier controller started. */
  readonly aliveMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
}

export interface Run {
  /** How it ended: null: well; else in words. Settles when nothing of it runs. */
  readonly ended: Promise<string | null>;
  /** Ends it and its group. */
  stop(): Promise<void>;
}

/** Environment variable that a run and whatever it starts carry. */
const runVariable = 'SLUICE_RUN';

/** Takes the run's place, or leaves it to who was quicker; then the command, whose exit code is put down whole or not at all. */
const wrapper =
  'set -C; echo $$ > "$0/pid" || exit 0; set +C; "$@"; code=$?; echo $code > "$0/exit.next"; mv "$0/exit.next" "$0/exit"';

/** Fails only when nothing was started. */
export async function startRun(spec: RunSpec, places: RunPlaces): Promise<Result<Run, string>> {
  const folder = join(places.runsDir, spec.id);
  let log: number | null = null;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    log = openLog(places.logPath);
    writeSync(log, `${titleMark}${spec.title}\n`);
    const child = spawn('/bin/sh', ['-c', wrapper, folder, ...spec.command], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...inherited(), ...spec.env, [runVariable]: spec.id },
      ...(spec.cwd === null ? {} : { cwd: spec.cwd }),
    });
    const { pid } = child;
    if (pid === undefined) return failed(`it can't be started: ${messageOf((await once(child, 'error'))[0])}`);
    child.on('error', () => {});
    child.unref();
    return ok(runOf({ pid, mark: processMark(pid) ?? '', folder, over: overOf(child) }, places));
  } catch (error) {
    return failed(`it can't be started: ${messageOf(error)}`);
  } finally {
    if (log !== null) closeSync(log);
  }
}

/** A run that an earlier controller started: still under way, or ended meanwhile; null: it never began, and never will. */
export function findRun(id: string, places: RunPlaces): Run | null {
  const folder = join(places.runsDir, id);
  if (claimed(folder)) return null;
  const pid = Number(read(join(folder, 'pid')));
  const leader = processesWith(runVariable, id).find((process) => process.pid === pid && process.group === pid);
  const mark = leader === undefined ? null : processMark(pid);
  const over = mark === null ? Promise.resolve() : untilGone(pid, mark, places.aliveMs);
  return runOf({ pid, mark: mark ?? '', folder, over }, places);
}

/** For when the host's record speaks of it no more: before that, the next controller would run it again. */
export function forgetRun(id: string, { runsDir }: Pick<RunPlaces, 'runsDir'>): void {
  if (id !== '') rmSync(join(runsDir, id), { recursive: true, force: true });
}

/** The last lines that the newest run wrote; empty: none. */
export async function runTail(logPath: string, lines: number): Promise<string> {
  const all = (await logTail(logPath, 200)).split('\n');
  const from = all.findLastIndex((line) => line.startsWith(titleMark));
  return all
    .slice(from + 1)
    .slice(-lines)
    .join('\n');
}

const titleMark = '--- ';

interface Started {
  readonly pid: number;
  readonly mark: string;
  readonly folder: string;
  /** Settles when its leader is gone. */
  readonly over: Promise<void>;
}

const runOf = ({ pid, mark, folder, over }: Started, { graceMs }: RunPlaces): Run => ({
  ended: over.then(() => {
    const code = read(join(folder, 'exit')).trim();
    return code === '0' ? null : code === '' ? 'it was ended before it was done' : `exit code ${code}${meaning(code)}`;
  }),
  stop: async () => {
    await stopProcess({ pid, mark, graceMs });
    await over;
  },
});

const meaning = (code: string): string =>
  code === '127' ? ' (no such command)' : code === '126' ? ' (may not be executed)' : '';

const overOf = (child: ChildProcess): Promise<void> => new Promise((resolve) => child.once('exit', () => resolve()));

const untilGone = (pid: number, mark: string, everyMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setInterval(() => {
      if (processMark(pid) === mark) return;
      clearInterval(timer);
      resolve();
    }, everyMs);
    timer.unref();
  });

/** Takes the place of a run that has not begun, so that it never does; false: it has begun. */
function claimed(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'pid'), '0', { flag: 'wx' });
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

/** The controller's own settings and tokens are not for the commands that it runs. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')));

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
