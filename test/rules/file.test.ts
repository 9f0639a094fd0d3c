/** A rule file on a real disk, changed in all the ways in which editors, config management and accidents change files. */
import { execFile } from 'node:child_process';
import { mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type RulesFileEvent, watchRules } from '../../src/rules/file.ts';
import { eventually } from '../support/eventually.ts';
import { tempDir } from '../support/temp-dir.ts';

const rules = (percent: number): string => `error_rate: { threshold: ${percent}%, window: 5m, alert: critical }\n`;

const pollMs = 20;

interface Watched {
  readonly file: string;
  readonly events: RulesFileEvent[];
  /** Waits until the last event has this limit in force, and says whether the file itself is good. */
  readonly inForce: (limit: string | null, kind: RulesFileEvent['kind']) => Promise<RulesFileEvent>;
}

const limitOf = (event: RulesFileEvent | undefined): string | null => {
  const set = event?.kind === 'refused' ? event.lastGood : event?.set;
  return set?.rules[0]?.thresholdText ?? null;
};

const watch = (file: string): Watched => {
  const events: RulesFileEvent[] = [];
  const subscription = watchRules({ file }, { pollMs }).subscribe((event) => events.push(event));
  onTestFinished(() => subscription.unsubscribe());
  const inForce = (limit: string | null, kind: RulesFileEvent['kind']): Promise<RulesFileEvent> =>
    eventually(() => {
      const last = events.at(-1);
      expect([limitOf(last), last?.kind]).toEqual([limit, kind]);
      return last;
    });
  return { file, events, inForce };
};

const watchedFile = async (): Promise<Watched> => {
  const file = join(await tempDir(), 'rules.yaml');
  await writeFile(file, rules(1));
  const watched = watch(file);
  await watched.inForce('1%', 'loaded');
  return watched;
};

const messages = (event: RulesFileEvent): string =>
  event.kind === 'refused' ? event.errors.map((e) => e.message).join() : '';

describe('a changed file', () => {
  test('written in place', async () => {
    const { file, inForce } = await watchedFile();
    await writeFile(file, rules(2));
    await inForce('2%', 'loaded');
  });

  test('replaced by a rename, as editors do', async () => {
    const { file, inForce } = await watchedFile();
    await writeFile(`${file}.new`, rules(2));
    await rename(`${file}.new`, file);
    await inForce('2%', 'loaded');
    await writeFile(`${file}.new`, rules(3));
    await rename(`${file}.new`, file);
    await inForce('3%', 'loaded');
  });

  test('behind a symbolic link that is swapped, as mounted ConfigMaps are', async () => {
    const folder = await tempDir();
    for (const version of ['1', '2']) {
      await mkdir(join(folder, `v${version}`));
      await writeFile(join(folder, `v${version}`, 'rules.yaml'), rules(Number(version)));
    }
    await symlink('v1', join(folder, 'data'));
    await symlink('data/rules.yaml', join(folder, 'rules.yaml'));
    const { inForce } = watch(join(folder, 'rules.yaml'));
    await inForce('1%', 'loaded');
    await symlink('v2', join(folder, 'data.new'));
    await rename(join(folder, 'data.new'), join(folder, 'data'));
    await inForce('2%', 'loaded');
  });

  test('that stays as it is makes no further event', async () => {
    const { events } = await watchedFile();
    await new Promise((resolve) => setTimeout(resolve, 10 * pollMs));
    expect(events).toHaveLength(1);
  });
});

describe('a broken file leaves the last good set in force, and its repair is taken up', () => {
  const breakages: readonly (readonly [string, (file: string) => Promise<unknown>, string])[] = [
    ['garbage', (file) => writeFile(file, '%%% not yaml: ['), 'YAML'],
    ['half a file', (file) => truncate(file, 20), 'not valid YAML'],
    ['an empty file', (file) => writeFile(file, ''), 'the file is empty'],
    ['a deleted file', (file) => rm(file), 'the file does not exist'],
    ['a folder in its place', (file) => rm(file).then(() => mkdir(file)), 'this is a folder'],
    ['links that go round', (file) => rm(file).then(() => symlink('rules.yaml', file)), 'go round in a circle'],
    ['a pipe', (file) => rm(file).then(() => promisify(execFile)('mkfifo', [file])), 'this is a pipe'],
    [
      'no critical rule any more',
      (file) => writeFile(file, rules(5).replace('critical', 'info')),
      'no rule has alert: critical',
    ],
    ['a wrong word', (file) => writeFile(file, rules(5).replace('window', 'widow')), 'unknown word "widow"'],
  ];

  test.each(breakages)('%s', async (_, breakFile, expected) => {
    const { file, inForce } = await watchedFile();
    await breakFile(file);
    expect(messages(await inForce('1%', 'refused'))).toContain(expected);
    await rm(file, { recursive: true, force: true });
    await writeFile(file, rules(3));
    await inForce('3%', 'loaded');
  });

  test('the same good content again, after a breakage, is good again', async () => {
    const { file, inForce } = await watchedFile();
    await writeFile(file, 'x');
    await inForce('1%', 'refused');
    await writeFile(file, rules(1));
    await inForce('1%', 'loaded');
  });
});

test('a file that was never good has no set in force, and is taken up when it becomes good', async () => {
  const file = join(await tempDir(), 'rules.yaml');
  const { inForce } = watch(file);
  expect(messages(await inForce(null, 'refused'))).toBe('the file does not exist');
  await writeFile(file, rules(1));
  await inForce('1%', 'loaded');
});

test('a file that never stands still is not taken up half written', async () => {
  const { file, events, inForce } = await watchedFile();
  const started = performance.now();
  for (let size = 0; performance.now() - started < 20 * pollMs; size += 1) {
    await writeFile(file, `error_rate: { thres${'h'.repeat(size)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await writeFile(file, rules(2));
  await inForce('2%', 'loaded');
  expect(events.filter(({ kind }) => kind === 'loaded').map(limitOf)).toEqual(['1%', '2%']);
});

test('unsubscribing ends the looking', async () => {
  const file = join(await tempDir(), 'rules.yaml');
  await writeFile(file, rules(1));
  const events: RulesFileEvent[] = [];
  const subscription = watchRules({ file }, { pollMs }).subscribe((event) => events.push(event));
  await eventually(() => events.length === 1);
  subscription.unsubscribe();
  await writeFile(file, rules(2));
  await new Promise((resolve) => setTimeout(resolve, 10 * pollMs));
  expect(events).toHaveLength(1);
});
