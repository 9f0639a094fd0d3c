/** Where parts are kept between runs, a folder for each version: made once, by one process at a time, and whole or not at all. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { locate } from '../../support/needs.ts';
import { whileLocked } from './lock.ts';
import type { Part, Tool } from './part.ts';
import type { Progress } from './progress.ts';
import { runLogged } from './run-logged.ts';

/** `$SLUICE_CACHE/lab`; else in `$XDG_CACHE_HOME/sluice` or `~/.cache/sluice`. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { SLUICE_CACHE: own, XDG_CACHE_HOME: shared } = env;
  if (own !== undefined && own !== '') return join(own, 'lab');
  return join(shared === undefined || shared === '' ? join(homedir(), '.cache') : shared, 'sluice', 'lab');
}

/** The folder of a part, whether it is there or not. */
export const cached = (part: Part, cache: string = cacheFolder()): string =>
  join(cache, `${part.name}-${part.version}`);

export const isCached = (part: Part, cache: string = cacheFolder()): boolean =>
  part.files.every((file) => existsSync(join(cached(part, cache), file)));

export interface Obtaining {
  readonly progress: Progress;
  readonly cache?: string;
}

/** Makes a part unless it is there; answers its folder. */
export async function obtain(part: Part, { progress, cache = cacheFolder() }: Obtaining): Promise<string> {
  const folder = cached(part, cache);
  if (isCached(part, cache)) return folder;
  mustHave(part.tools, part.name);
  await mkdir(cache, { recursive: true });
  const waiting = (): void => progress.say(`${part.name} ${part.version}: another process is making it, waiting`);
  await whileLocked(`${folder}.lock`, {
    waiting,
    run: async () => {
      if (!isCached(part, cache)) await make(part, { progress, cache });
    },
  });
  return folder;
}

async function make(part: Part, { progress, cache }: Required<Obtaining>): Promise<void> {
  const folder = cached(part, cache);
  // Under the lock: what an earlier attempt left is nobody's.
  for (const left of await readdir(cache)) {
    if (left.startsWith(`${part.name}-${part.version}.making`)) await rm(join(cache, left), { recursive: true });
  }
  const making = `${folder}.making`;
  const log = `${folder}.log`;
  await mkdir(making);
  await rm(log, { force: true });
  await progress.during(`${part.name} ${part.version}: making it (the first time: ${part.firstTime})`, () =>
    part.make({ folder: making, run: (command, options) => runLogged(command, { log, ...options }) }),
  );
  const missing = part.files.filter((file) => !existsSync(join(making, file)));
  if (missing.length > 0) throw new Error(`${part.name}: its recipe made no ${missing.join(', ')}; see ${log}`);
  await rm(folder, { recursive: true, force: true });
  await rename(making, folder);
}

const howToGet: Readonly<Record<Tool, string>> = {
  go: 'Go 1.26 or newer (https://go.dev/doc/install)',
  python3: 'Python 3 with pip',
};

function mustHave(tools: readonly Tool[], part: string): void {
  const missing = tools.filter((tool) => locate(tool) === null);
  if (missing.length === 0) return;
  throw new Error(
    `${part} can't be made: ${missing.join(', ')} not found; install ${missing.map((tool) => howToGet[tool]).join(', ')}`,
  );
}
