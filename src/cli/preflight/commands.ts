/** What Sluice is to run for a policy: whether there are such programs, in such a folder, before the first of them is needed. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import type { LocalSpec } from '../../workload/revision-spec.ts';
import { fine, type PreflightLine } from './line.ts';
import type { PreflightLook } from './look.ts';

export const commandsLook: PreflightLook = async ({ policy: { target } }) => {
  const { spec } = target;
  if (spec.kind === 'endpoints') return [];
  const cwd = spec.cwd ?? process.cwd();
  if (!(await isFolder(cwd))) {
    const says = `there is no folder ${cwd} to run ${[...wordsOf(spec).keys()].join(', ')} in`;
    return [{ grade: 'fail', subject: 'target.cwd', says, fix: 'make it, or mend cwd in the policy' }];
  }
  const path = (spec.env['PATH'] ?? process.env['PATH'] ?? '').split(delimiter);
  return Promise.all([...wordsOf(spec)].map(([name, words]) => commandLine(name, words, { cwd, path })));
};

/** By the word of the policy. */
function wordsOf(spec: Exclude<LocalSpec, { readonly kind: 'endpoints' }>): ReadonlyMap<string, readonly string[]> {
  if (spec.kind === 'command') return new Map([['target.command', spec.command]]);
  const { deploy, promote, remove, rollback } = spec.commands;
  return new Map(
    Object.entries({ deploy, promote, rollback, remove }).flatMap(([name, words]) =>
      words === null ? [] : [[`commands.${name}`, words] as const],
    ),
  );
}

interface Surroundings {
  readonly cwd: string;
  readonly path: readonly string[];
}

async function commandLine(
  subject: string,
  [program = '']: readonly string[],
  { cwd, path }: Surroundings,
): Promise<PreflightLine> {
  // Which program it is depends on the host or revision.
  if (program.includes('{')) return fine(subject, `${program} is looked for when it runs`);
  const isPath = program.includes('/');
  const places = isPath ? [resolve(cwd, program)] : path.map((folder) => resolve(cwd, folder, program));
  const found = await firstOf(places, isExecutable);
  if (found !== null) return fine(subject, `runs ${found}`);
  const file = await firstOf(places, isFile);
  return {
    grade: 'fail',
    subject,
    says:
      file === null
        ? `there is no program ${places.length === 1 ? places[0] : program}`
        : `${file} may not be executed`,
    fix:
      file === null
        ? 'install it, or name it by its whole path'
        : `chmod +x ${file}, or give it to its interpreter as an argument`,
  };
}

async function firstOf(places: readonly string[], fits: (path: string) => Promise<boolean>): Promise<string | null> {
  for (const place of places) if (await fits(place)) return place;
  return null;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const isExecutable = async (path: string): Promise<boolean> =>
  (await isFile(path)) &&
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
