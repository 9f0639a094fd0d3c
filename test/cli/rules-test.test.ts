/** `sluice rules test` as people and CI run it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sluice } from '../support/sluice-command.ts';

let folder = '';
let good = '';
let wrong = '';

const head = `rules: { inline: { error_rate: { threshold: 1%, window: 5m, alert: critical } } }
plan: { steps: [{ weight: 100, bake: 1m }] }
scenarios:
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-scenarios-'));
  good = file('good.yaml', `${head}  - { name: healthy, traffic: { rate: 100/s }, outcome: promoted }\n`);
  wrong = file(
    'wrong.yaml',
    `${head}  - { name: healthy too, traffic: { rate: 100/s }, outcome: promoted }
  - name: "<told> to & fail"
    traffic: { rate: 100/s }
    expect:
      - { at: 30s, decision: advance }
`,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('rules test', () => {
  test('all as expected: a line each, a total, exit 0', async () => {
    const { code, out, err } = await sluice(['rules', 'test', good]);
    expect([code, out]).toEqual([0, 'ok    healthy: promoted at 1m15s\n']);
    expect(err).toMatch(/^1 scenario: all as expected \(\d+\.\d\d s\)\n$/);
  });

  test('something else came: the difference by virtual time, with file and line, exit 1', async () => {
    const { code, out } = await sluice(['rules', 'test', good, wrong, '--quiet']);
    expect([code, out.split('\n')]).toEqual([
      1,
      [
        'FAIL  <told> to & fail: open (StillBaking) at 30s',
        `      ${wrong}:8:9 <told> to & fail: 30s want advance got hold (StillBaking)`,
        '',
      ],
    ]);
  });

  test('--verbose tells what was decided when, expected or not', async () => {
    const { out } = await sluice(['rules', 'test', good, '--verbose']);
    expect(out).toContain('       0s  advance   StepPassed: canary is ready: the weight goes from 0 % to 100 %.\n');
    expect(out).toContain('    1m15s  promote   PlanPassed: ');
  });

  test('--only runs those whose name has it, and says when none has', async () => {
    const { code, out } = await sluice(['rules', 'test', good, wrong, '--only', 'too']);
    expect([code, out]).toEqual([0, 'ok    healthy too: promoted at 1m15s\n']);
    const none = await sluice(['rules', 'test', good, '--only', 'nothing']);
    expect([none.code, none.err]).toEqual([3, 'sluice: no scenario has "nothing" in its name\n']);
  });

  test('--junit writes what CI systems show, every name escaped', async () => {
    const report = join(folder, 'junit.xml');
    const { code } = await sluice(['rules', 'test', good, wrong, '--junit', report]);
    const xml = readFileSync(report, 'utf8').replaceAll(/ time="[0-9.]+"/g, '');
    expect(code).toBe(1);
    expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="sluice rules test" tests="3" failures="1" errors="0">
  <testsuite name="${good}" tests="1" failures="0" errors="0">
    <testcase name="healthy" classname="${good}" file="${good}" line="4"/>
  </testsuite>
  <testsuite name="${wrong}" tests="2" failures="1" errors="0">
    <testcase name="healthy too" classname="${wrong}" file="${wrong}" line="4"/>
    <testcase name="&lt;told&gt; to &amp; fail" classname="${wrong}" file="${wrong}" line="5">
      <failure message="30s want advance got hold (StillBaking)" type="mismatch">${wrong}:8:9 &lt;told&gt; to &amp; fail: 30s want advance got hold (StillBaking)</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  test('-o json: the same for programs', async () => {
    const { code, out } = await sluice(['-o', 'json', 'rules', 'test', good, wrong]);
    const { passed, failed, scenarios } = JSON.parse(out) as { passed: number; failed: number; scenarios: object[] };
    expect([code, passed, failed]).toEqual([1, 2, 1]);
    expect(scenarios[2]).toMatchObject({
      file: wrong,
      line: 5,
      ok: false,
      outcome: { is: 'open', atMs: 30_000 },
      mismatches: [{ line: 8, col: 9, when: '30s', want: 'advance', got: 'hold (StillBaking)' }],
    });
  });

  test('a rule file is not a file of scenarios, and it is said what looks at one', async () => {
    const { code, out, err } = await sluice(['rules', 'test', 'rules/production.yaml']);
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(
      /^rules\/production\.yaml:2:1 scenarios is missing: .*sluice rules check rules\/production\.yaml\n$/,
    );
  });

  test('a file that cannot be used: every mistake with its place, nothing is run, exit 3', async () => {
    const bad = file('bad.yaml', `${head}  - { name: it, traffic: { rate: 100 }, outcome: promotd }\n`);
    const { code, out, err } = await sluice(['rules', 'test', good, bad]);
    expect([code, out, err.split('\n')]).toEqual([
      3,
      '',
      [
        `${bad}:4:34 rate 100 is not a rate; write 100/s or 50/min`,
        `${bad}:4:50 outcome "promotd" is not one of promoted, succeeded, rolledBack, failed, open, nor a map with is, reason, rule, by; did you mean "promoted"?`,
        '',
      ],
    ]);
    const missing = await sluice(['rules', 'test', join(folder, 'none.yaml')]);
    expect([missing.code, missing.err]).toEqual([3, `${folder}/none.yaml:1:1 the file does not exist\n`]);
  });
});
