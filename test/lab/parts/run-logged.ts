/** Runs a command to its end, with its output in a log, and its last lines in the error if it fails. */
import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';
import type { RunOptions } from './part.ts';

const tailLines = 15;

export async function runLogged(
  command: readonly [string, ...string[]],
  { log, cwd, env }: RunOptions & { readonly log: string },
): Promise<void> {
  const [file, ...args] = command;
  appendFileSync(log, `$ ${command.join(' ')}\n`);
  const output = openSync(log, 'a');
  // The machine is others' too; a build takes what they leave.
  const child = spawn('nice', ['-n', '10', file, ...args], {
    stdio: ['ignore', output, output],
    cwd,
    env: { ...process.env, ...env },
  });
  closeSync(output);
  const end = await new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 0));
  });
  if (end !== 0) throw new Error(`${file} ${args[0] ?? ''} failed (${end}); the end of ${log}:\n${tail(log)}`);
}

export const tail = (file: string, lines: number = tailLines): string =>
  readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
