/** Everything that a controller and its commands say about a policy and its releases, each piece under a name of its own. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { documented } from '../../src/server/openapi/routes.ts';
import { must } from './proxy.ts';
import type { World } from './world.ts';

type Said = readonly [where: string, text: string];

export interface AskedWith {
  readonly token: string;
  readonly tokenFile: string;
}

export async function everyOutput(world: World, asked: AskedWith): Promise<readonly Said[]> {
  const releases = must(await world.api().releases()).map(({ id }) => id);
  const headers = { authorization: `Bearer ${asked.token}` };
  const routes = await everyAnswer({ url: world.controller.url(), headers, releases });
  const commands = await commandOutputs(world, asked.tokenFile);
  return [...routes, ...commands, ['log', world.controller.output()]];
}

export interface AskedServer {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** By their ids. */
  readonly releases: readonly string[];
}

/** Each route that is only read, for each release, in each form that it has; the policy's name is `app`. */
export async function everyAnswer({ headers, releases, url }: AskedServer): Promise<readonly Said[]> {
  const read = documented.filter(({ answer, method }) => method === 'get' && answer !== 'text/event-stream');
  const asked = read.flatMap(({ alsoAs = [], path }) => {
    const names = path.includes('/releases/{name}') ? releases : ['app'];
    return names.flatMap((name) =>
      ['*/*', ...alsoAs].map((accept) => ({ path: path.replace('{name}', name), accept })),
    );
  });
  return Promise.all(
    asked.map(async ({ accept, path }): Promise<Said> => {
      const answer = await fetch(`${url}${path}`, { headers: { ...headers, accept } });
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      return [`GET ${path} as ${accept}`, await answer.text()];
    }),
  );
}

async function commandOutputs(world: World, tokenFile: string): Promise<readonly Said[]> {
  const policy = join(world.policyDir, '..', '..', 'policy.yaml');
  const { id } = await world.release();
  const asked = [
    ['get', id, '-o', 'yaml'],
    ['explain', id],
    ['trail', '-o', 'csv'],
    ['notify', 'log'],
    ['notify', 'test', policy, '--dry-run'],
    ['notify', 'test', policy],
    ['restore', 'app', '--dry-run'],
    ['preflight', policy, '--state', join(world.policyDir, '..')],
    ['approve', 'app', '--as', 'nobody'],
  ];
  const said = async (words: readonly string[]): Promise<Said> => {
    const { code, err, out } = await world.sluice('--token-file', tokenFile, ...words);
    return [`sluice ${words.join(' ')}`, `${String(code)} ${out} ${err}`];
  };
  return Promise.all(asked.map(said));
}

export interface KeptFile {
  /** From the folder. */
  readonly path: string;
  readonly text: string;
  /** Others than its owner may read it. */
  readonly isOpen: boolean;
}

/** Every file below a folder that is there to be read. */
export const everyFile = (folder: string): readonly KeptFile[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    const isOpen = (statSync(path).mode & 0o077) !== 0;
    return [{ path: relative(folder, path), text: readFileSync(path, 'latin1'), isOpen }];
  });
