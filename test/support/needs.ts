/** Programs that a suite needs besides Node: a suite without them is reported as not run here, and fails under CI. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's package for each program that some suite runs. */
const debianPackages = {
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  wrk: 'wrk',
  'systemd-analyze': 'systemd',
  haproxy: 'haproxy',
  openssl: 'openssl',
  tmux: 'tmux',
  zsh: 'zsh',
  fish: 'fish',
  chromium: 'chromium',
  'lua5.1': 'lua5.1',
} as const satisfies Record<string, string>;

export type Program = keyof typeof debianPackages;

/** Where to look, and whether this is the gate; a test of this file says otherwise. */
export interface Surroundings {
  readonly path: string;
  readonly ci: string | undefined;
}

const here = (): Surroundings => ({ path: process.env['PATH'] ?? '', ci: process.env['CI'] });

/**
 * For `describe.runIf(needs('prometheus'))(...)`: whether the programs are installed. The reporter of the test run lists
 * what was not run and why. Under CI a missing program throws, so that the file fails instead of being left out.
 */
export function needs(programs: Program | readonly Program[], surroundings: Surroundings = here()): boolean {
  const missing = [programs].flat().filter((program) => locate(program, surroundings.path) === null);
  if (missing.length === 0) return true;
  if (isSet(surroundings.ci)) throw new Error(`this suite must run under CI: ${howToInstall(missing)}`);
  return false;
}

/** Full path of a program, null when it is not in any folder of `path`. */
export function locate(program: string, path: string = here().path): string | null {
  const places = path.split(delimiter).filter((folder) => folder !== '');
  return places.map((folder) => join(folder, program)).find(isExecutable) ?? null;
}

export const missingPrograms = (path: string = here().path): readonly Program[] =>
  (Object.keys(debianPackages) as Program[]).filter((program) => locate(program, path) === null);

/** `prometheus, wrk not found (apt-get install prometheus wrk)`. */
export function howToInstall(missing: readonly Program[]): string {
  const wanted = [...new Set(missing.map((program) => debianPackages[program]))];
  return `${missing.join(', ')} not found (apt-get install ${wanted.join(' ')})`;
}

export const isSet = (ci: string | undefined): boolean => ci !== undefined && ci !== '' && ci !== 'false' && ci !== '0';

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
