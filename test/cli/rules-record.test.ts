/** `sluice rules test --record` as people run it, against an API whose releases are made up. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRules } from '../../src/rules/rule-file.ts';
import { testServer } from '../support/http-server.ts';
import { bakingRelease } from '../support/sample-release.ts';
import { sluice } from '../support/sluice-command.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rulesText = 'error_rate: { threshold: 1%, window: 5m, alert: critical }\n';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-record-'));
  writeFileSync(join(folder, 'rules.yaml'), rulesText);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server that has a release which was taken back, and what was read for it. */
async function served(rulesFile: string): Promise<string> {
  const rules = await parseRules(rulesText, { file: rulesFile });
  if (!rules.ok) throw new Error('rules');
  const loop = await new SteppedLoop(rules.value, { intervalMs: 15_000, perSecond: 100 }).begin();
  loop.world.errorRate['v2'] = 0.05;
  const ended = await loop.ticks(40, 15_000);
  const { url, controls } = await testServer();
  const [log, journal] = await Promise.all([
    loop.world.ports.store.log(ended.id),
    loop.world.ports.store.journal(ended.id),
  ]);
  await controls.put(ended, log.ok ? log.value : []);
  for (const span of journal.ok ? journal.value.spans : []) await controls.store.note(ended.id, span);
  return url;
}

const record = (url: string, ...words: readonly string[]) =>
  sluice(['--server', url, 'rules', 'test', '--record', 'app', ...words]);

describe('rules test --record', () => {
  test('writes a scenario that names the rule file, says how it went again, and leaves an existing file alone', async () => {
    const url = await served(join(folder, 'rules.yaml'));
    const file = join(folder, 'app.yaml');
    const { code, out, err } = await record(url, '--out', file);
    expect([code, out]).toEqual([0, '']);
    expect(err).toMatch(/^Recorded app-v2 \(rolledBack\): \d+ looks in .*app\.yaml\.\nIts rules are those of /);
    expect(err).toMatch(/Run again: rolledBack \(Breach, error_rate\) at \S+, as it was then\.\n$/);
    expect(readFileSync(file, 'utf8')).toContain('rules:\n  file: rules.yaml\n');
    expect((await sluice(['rules', 'test', file])).code).toBe(0);

    const twice = await record(url, '--out', file);
    expect([twice.code, twice.err]).toEqual([
      3,
      `sluice: --out ${file}: the file exists, and may have been edited; name another one, or remove it\n`,
    ]);
  });

  test('has the rules in it where their file is not here, and goes to standard output without --out', async () => {
    const url = await served('/nowhere/rules.yaml');
    const { code, out, err } = await record(url);
    expect(code).toBe(0);
    expect(out).toMatch(/^# Release app-v2, begun /);
    expect(out).toContain('rules:\n  inline:\n    error_rate:\n      threshold: 1%\n');
    expect(err).toContain('Its rules stand in the scenario itself: /nowhere/rules.yaml is not here.\n');
  });

  test('with rules that say otherwise names them, and says what is otherwise', async () => {
    const wide = join(folder, 'wide.yaml');
    writeFileSync(wide, rulesText.replace('1%', '20%'));
    const { code, err } = await record(
      await served('/nowhere'),
      '--rules',
      wide,
      '--out',
      join(folder, 'wide-app.yaml'),
    );
    expect(code).toBe(0);
    expect(err).toContain(`${wide} is not what the release was judged by`);
    expect(err).toMatch(
      /This is otherwise than it was then:\n[^]* {2}by \S+ want rollback \(Breach, error_rate\) got hold/,
    );
  });

  test('says why there is nothing to make a scenario of', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const none = await record(url);
    expect([none.code, none.err]).toEqual([
      3,
      'sluice: there is no recording of app-3f2a: it ran before this Sluice kept what it reads, or its metrics have not answered yet; record a later release\n',
    ]);
    const unknown = await sluice(['--server', url, 'rules', 'test', '--record', 'appp']);
    expect([unknown.code, unknown.err]).toEqual([
      3,
      'sluice: no release or policy "appp"; did you mean "app"? `sluice list` shows them all\n',
    ]);
  });

  test('does not go with what it is not for', async () => {
    const told = async (...words: readonly string[]) => (await sluice(['rules', 'test', ...words])).err;
    expect(await told()).toContain('name scenario files to run, or --record RELEASE to make one');
    expect(await told('a.yaml', '--record', 'app')).toContain('--record makes a scenario and runs no file');
    expect(await told('a.yaml', '--out', 'b.yaml')).toContain('--out and --rules belong to --record RELEASE');
  });
});
