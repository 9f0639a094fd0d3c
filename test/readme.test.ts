/** What the README claims, held against the code: links, commands, scripts, the policy, the rule file, the map. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createProgram } from '../src/cli/program.ts';
import { atFirst, press } from '../src/cli/watch/press.ts';
import { parsePolicy } from '../src/release/policy-parse.ts';
import { withPictures } from './pictures/with-pictures.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const section = (title: string): string => readme.split(/^## /m).find((part) => part.startsWith(title)) ?? '';
const code = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.slice(4));

const peers = /^https:\/\/(docs\.flagger\.app|argo-rollouts\.readthedocs\.io|spinnaker\.io)\//;

const pictures = [...readme.matchAll(/<!-- picture ([\w-]+) -->\n([^]*?)<!-- end -->/g)].map(
  ([, name = '', text = '']) => [name, code(text).join('\n')] as const,
);

describe('the README', () => {
  it('links only to what is there', () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    const own = links.filter((target) => !target.startsWith('https://'));
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter((target) => !existsSync(join(root, target)))).toEqual([]);
    // Others are the documents of the products that it is compared with; nothing here asks the internet.
    expect(links.filter((target) => !own.includes(target) && !peers.test(target))).toEqual([]);
  });

  it('shows the rule file that ships', () => {
    const shipped = read('rules/production.yaml')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(code(section('A rule file'))).toEqual(shipped);
  });

  it('shows a policy that is valid', async () => {
    const lines = code(section('Run it'));
    const from = lines.findIndex((line) => line.startsWith('apiVersion'));
    const to = lines.findIndex((line) => line.startsWith('sluice '));
    const parsed = await parsePolicy(lines.slice(from, to).join('\n'), join(root, 'policy.yaml'));
    expect(parsed.ok ? [] : parsed.error).toEqual([]);
  });

  it('has pictures that its script can make anew, of a promotion and of a rollback', () => {
    expect(pictures.map(([name]) => name)).toEqual(['promoting', 'rolled-back']);
    expect(withPictures(readme, Object.fromEntries(pictures))).toBe(readme);
    const [promoting = '', rolledBack = ''] = pictures.map(([, text]) => text);
    expect(promoting).toMatch(/^app {2}v1 -> v2 .*\nweight {2}desired \d+ % .*observed \d[^]*\nerror_rate .* pass /);
    expect(rolledBack).toMatch(
      /== ROLLED BACK =+\n {3}rule +error_rate \(rules\/production\.yaml:2\)[^]*\n {3}weight 0 /,
    );
  });

  it('shows the page, in a picture that is there, small, and told in words', () => {
    const [, told = '', file = ''] = /!\[([^\]]+)\]\(([^)]+)\)/.exec(section('What it looks like')) ?? [];
    expect(told).toMatch(/^The page of a release: .{80,}/);
    const picture = readFileSync(join(root, file));
    expect(picture.subarray(0, 3).toString('hex')).toBe('ffd8ff');
    expect(picture.length).toBeLessThan(200_000);
  });

  it('tells the keys that watch has', () => {
    const [, told = ''] = /sluice watch app +# live: (.*)/.exec(readme) ?? [];
    const keys = told.split(', ').map((each) => each.split(' ')[0] ?? '');
    const done = keys
      .map((key) => press(atFirst, key))
      .filter(({ state, wish }) => state !== atFirst || wish.kind !== 'none');
    expect({ keys, done: done.length }).toEqual({ keys: ['p', 'r', 'a', 'd', '?', 'q'], done: 6 });
  });

  it('names commands that exist', () => {
    const known = new Set(createProgram().commands.map((command) => command.name()));
    const named = [...readme.matchAll(/sluice ((?:[a-z]+ \| )*[a-z]+) /g)].flatMap(([, names = '']) =>
      names.split(' | '),
    );
    const commands = named.filter((name) => !['being', 'delivers', 'looks'].includes(name));
    expect(commands).toEqual(expect.arrayContaining(['run', 'start', 'watch', 'pause', 'retry']));
    expect(commands.filter((name) => !known.has(name))).toEqual([]);
    for (const listed of ['list', 'get', 'explain', 'report', 'status', 'demo']) expect(known).toContain(listed);
  });

  it('has words that run it whatever Node the machine has', () => {
    const [, words = ''] = /with `sluice` being `([^`]+)` here/.exec(readme) ?? [];
    const [file = '', ...args] = words.split(' ');
    const PATH = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
    const env = { ...process.env, PATH: PATH.join(delimiter) };
    const said = execFileSync(file, [...args, 'version'], { cwd: root, env, encoding: 'utf8' });
    expect(said).toContain(`(Node ${process.versions.node})`);
  });

  it('names npm scripts that exist', () => {
    const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));
    const named = [...readme.matchAll(/npm (?:run (\w+)|(test))/g)].map(([, script, test]) => script ?? test ?? '');
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('maps every folder of src, and none that is not', () => {
    const table = section('Map of `src`');
    const mapped = [...table.matchAll(/`([a-z]+)\/`/g)].map(([, name = '']) => name);
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(mapped.toSorted()).toEqual(folders.toSorted());
  });
});
