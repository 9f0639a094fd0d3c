import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import type { Release } from '../../src/release/release.ts';
import { testServer } from '../support/http-server.ts';
import { bakingRelease, rolledBackRelease, sampleRelease } from '../support/sample-release.ts';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startAnswering } from '../support/upstream.ts';

const serverWith = async (...releases: readonly Release[]) => {
  const server = await testServer();
  for (const release of releases) await server.controls.put(release);
  return { server: server.url, controls: server.controls };
};

const paused = { reason: 'Paused', message: 'Paused by ann: lunch.', rule: null, atMs: 0, data: {} };

describe('reading', () => {
  it('get shows one release, named by policy, and the promise of its judge', async () => {
    const { server } = await serverWith(bakingRelease());
    const { code, out } = await sluice(['get', 'app'], { server });
    expect(code).toBe(0);
    expect(out).toContain('release app-3f2a, started 2026-01-15T12:00:00.000Z by ann@laptop');
    expect(out).toContain('11 more errors now would roll back');
    expect(out).toContain('chance that a healthy release is rolled back <= 0.1 %');
  });

  it('answers in the form that was asked for', async () => {
    const { server } = await serverWith(bakingRelease());
    expect((await sluice(['get', '-o', 'name'], { server })).out).toBe('app-3f2a\n');
    expect(JSON.parse((await sluice(['get', '-o', 'json'], { server })).out)).toMatchObject({
      id: 'app-3f2a',
      step: 2,
    });
    expect((await sluice(['list', '-o', 'yaml'], { server })).out).toMatch(/^releases:\n {2}- id: app-3f2a\n/);
  });

  it('explain, report and list say what each of them is for', async () => {
    const { server } = await serverWith(rolledBackRelease());
    const [explained, reported, listed] = await Promise.all(
      [['explain'], ['report', 'app'], ['list']].map((words) => sluice(words, { server })),
    );
    expect(explained?.out).toContain('  why:   rules/production.yaml:2 error_rate is 4.9 %');
    expect(reported?.out).toContain('# app v1.9.0: rolled back');
    expect(listed?.out).toContain('rolledBack');
  });

  it('never lets a name give orders to the terminal', async () => {
    const waiting = { ...paused, message: 'red \u001b[31m and \u009b31m' };
    const { server } = await serverWith(bakingRelease({ waiting }));
    const { out } = await sluice(['get'], { server });
    expect(out).toContain('red');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the point
    expect(out).not.toMatch(/[\u001b\u009b]/);
  });
});

describe('orders', () => {
  it.each([
    [['pause', 'app', '--reason', 'lunch'], 'paused app-3f2a (app v1.9.0)'],
    [['promote', 'app'], 'ended the bake of app-3f2a'],
    [['promote', 'app', '--full', '--reason', 'hotfix'], 'ended all bakes of app-3f2a'],
    [['abort', 'app-3', '--reason', 'broken'], 'rolling back app-3f2a'],
  ])('%o prints what it changed, and who ordered it is on record', async (words, line) => {
    const { server, controls } = await serverWith(bakingRelease());
    const { code, out } = await sluice(words, { server });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(line) });
    const log = await controls.log('app-3f2a');
    expect(log.ok && log.value[0]?.data['who']).toMatch(/.+@.+/);
  });

  it('start begins a release from a command line, from words, or from endpoints', async () => {
    const { server, controls } = await serverWith();
    const first = await sluice(['start', 'app', '--revision', 'v2', '--command', "node 'a b.js'", '--env', 'A=1=2'], {
      server,
    });
    expect(first.out).toContain('started app-v2: app v1.8.2 -> v2, 25 %, 50 %, 100 %');
    expect(first.err).toContain('watch it with: sluice watch app-v2');
    await sluice(['start', 'app', '--revision', 'v3', '--', 'node', 'x.js', '--flag'], { server });
    await sluice(['start', 'app', '--revision', 'v4', '--endpoint', 'http://a:1', '--endpoint', 'http://b:2'], {
      server,
    });
    expect(controls.starts.map(({ spec }) => spec)).toMatchObject([
      { command: ['node', 'a b.js'], env: { A: '1=2' } },
      { command: ['node', 'x.js', '--flag'] },
      { urls: ['http://a:1', 'http://b:2'] },
    ]);
  });
});

describe('status', () => {
  it.each([
    ['promoted', sampleRelease({ phase: { phase: 'watching', watchedMs: 0 } }), 0],
    ['rolled back', rolledBackRelease(), 1],
    ['waiting for a person', bakingRelease({ waiting: paused }), 4],
  ])('of a release that is %s', async (_name, release, expected) => {
    const { server } = await serverWith(release);
    expect((await sluice(['status', 'app', '--wait'], { server })).code).toBe(expected);
  });

  it('waits no longer than it may', async () => {
    const { server } = await serverWith(bakingRelease());
    const { code, out } = await sluice(['status', '--wait', '--timeout', '300ms'], { server });
    expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining('timed out; the release goes on') });
  });

  it('answers when the release is promoted meanwhile', async () => {
    const { server, controls } = await serverWith(bakingRelease());
    const waiting = sluice(['status', 'app', '--wait', '--timeout', '20s'], { server });
    await controls.put(sampleRelease({ phase: { phase: 'watching', watchedMs: 0 } }));
    expect((await waiting).code).toBe(0);
  });
});

describe('usage errors', () => {
  it.each([
    [['lst'], "error: unknown command 'lst'\n(Did you mean list?)"],
    [['list', '--wach'], '(Did you mean --watch?)'],
    [['get', '-o', 'xml'], 'Allowed choices are table, json, yaml, name'],
    [['abort', 'app'], "required option '--reason <text>' not specified"],
    [['status', '--timeout', 'soon'], 'Write a duration such as 90s'],
    [['start', 'app', '--revision', 'v2', '--replicas', '0'], 'Write a whole number from 1 on'],
  ])('%o', async (words, message) => {
    let told = '';
    const program = createProgram();
    for (const command of [program, ...program.commands])
      command.configureOutput({ writeErr: (text) => (told += text) });
    await expect(program.parseAsync(words, { from: 'user' })).rejects.toThrow();
    expect(told).toContain(message);
  });

  it.each([
    [['list', '--wach'], 'did you mean'],
    [['promote', 'app', '--full'], 'promote --full needs --reason TEXT'],
    [
      ['start', 'app', '--revision', 'v2', '--endpoint', 'http://a:1', '--', 'serve'],
      'start needs one of --command LINE, -- COMMAND WORDS, or --endpoint URL',
    ],
    [['list', '--server', 'nonsense'], '--server "nonsense" (or SLUICE_SERVER) is no http or https address'],
    [['list', '--token-file', '/nowhere'], '--token-file /nowhere'],
  ])('%o ends with exit code 3 and nothing on standard output', async (words, message) => {
    const { code, err, out } = await sluice(words);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err.toLowerCase()).toContain(message.toLowerCase());
  });
});

describe('trouble', () => {
  it('says what to do when no controller answers', async () => {
    const { code, err } = await sluice(['list'], { server: 'http://127.0.0.1:9' });
    expect(code).toBe(3);
    expect(err).toContain('no controller answers at http://127.0.0.1:9: start one with `sluice run POLICY`');
  });

  it('says so when somebody else answers', async () => {
    const { origin } = await startAnswering('<html>log in</html>');
    const { code, err } = await sluice(['list'], { server: origin });
    expect(code).toBe(3);
    expect(err).toContain('not as a Sluice controller does: check --server');
  });

  it('passes on what the controller refuses', async () => {
    const { server } = await serverWith(bakingRelease());
    expect(await sluice(['get', 'appp'], { server })).toMatchObject({
      code: 3,
      err: 'sluice: no release or policy "appp"; did you mean "app"? `sluice list` shows them all\n',
    });
  });

  it('names the releases when none was named and several run', async () => {
    const { server } = await serverWith(bakingRelease(), bakingRelease({ id: 'app-2' }));
    expect((await sluice(['explain'], { server })).err).toContain('2 releases run, name one: app-2, app-3f2a');
  });
});

describe('a token', () => {
  it('is read from a file', async () => {
    const token = 'a-token-that-is-long-enough';
    const { url } = await testServer({ keys: [{ token, name: null }] });
    const file = join(await tempDir(), 'token');
    await writeFile(file, `${token}\n`);
    expect((await sluice(['list'], { server: url })).err).toContain('give it with --token-file');
    expect((await sluice(['list', '--token-file', file], { server: url })).code).toBe(0);
    expect((await sluice(['list'], { server: url, env: { SLUICE_TOKEN_FILE: file } })).code).toBe(0);
  });
});

describe('version', () => {
  it('is that of package.json', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    expect((await sluice(['version', '-o', 'name'])).out).toBe(`${version}\n`);
  });
});
