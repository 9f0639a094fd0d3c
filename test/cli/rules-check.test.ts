/** `sluice rules check` and `sluice rules schema`, as commands. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { afterEach, describe, expect, test } from 'vitest';
import { registerRulesCheck } from '../../src/cli/rules-check.ts';
import { registerRulesSchema } from '../../src/cli/rules-schema.ts';

const root = new URL('../../', import.meta.url).pathname;
const fixture = (path: string): string => `${root}test/fixtures/${path}`;

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly exitCode: unknown;
}

afterEach(() => {
  process.exitCode = undefined;
});

const run = async (...words: readonly string[]): Promise<Ran> => {
  let out = '';
  let err = '';
  const program = new Command('sluice').exitOverride().configureOutput({
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  registerRulesCheck(program);
  registerRulesSchema(program);
  const failure = await program.parseAsync(['rules', ...words], { from: 'user' }).then(
    () => null,
    (error: unknown) => (error instanceof CommanderError ? error.exitCode : -1),
  );
  return { out, err, exitCode: failure ?? process.exitCode ?? 0 };
};

describe('rules check', () => {
  test('a good file: its rules, judges, limits and what they need; exit 0', async () => {
    const { out, err, exitCode } = await run('check', `${root}rules/production.yaml`);
    expect([err, exitCode]).toEqual(['', 0]);
    expect(out).toContain('rules/production.yaml: good: 6 rules, 2 critical, content ');
    const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(rows).toContainEqual([
      'error_rate',
      'critical',
      '0.1%',
      '5m',
      'sequential',
      '3,000 requests to pass',
      'http_requests_total',
    ]);
    expect(rows).toContainEqual([
      'cpu_usage',
      'warning',
      '80%',
      '5m',
      'point',
      'outside for 5m to convict',
      'sluice_host_cpu_ratio',
    ]);
    expect(out).toContain('another window does not change when such a rule convicts');
  });

  test('a bad file: every mistake, a line each, on the error stream; exit 3', async () => {
    const file = fixture('rules/many-at-once.bad.yaml');
    const { out, err, exitCode } = await run('check', file);
    expect([out, exitCode]).toEqual(['', 3]);
    const wanted = [...readFileSync(file, 'utf8').matchAll(/^# expect: (.*)$/gm)].map(([, text]) => `${file}:${text}`);
    expect(err.trimEnd().split('\n')).toEqual(wanted);
  });

  test('one bad file does not hide the next', async () => {
    const good = fixture('rules/json.good.yaml');
    const { out, err, exitCode } = await run('check', '/nowhere/r.yaml', fixture('rules/no-rules.bad.yaml'), good);
    expect(exitCode).toBe(3);
    expect(err).toMatch(
      /^\/nowhere\/r\.yaml:1:1 the file does not exist, nor does its folder\n.*no-rules\.bad\.yaml:1:1 there are no rules here\n$/,
    );
    expect(out).toContain(`${good}: good: 1 rule, 1 critical`);
  });

  test('a policy is told from a rule file, and its rules are checked with it', async () => {
    const { out, err, exitCode } = await run('check', fixture('policies/minimal.good.yaml'));
    expect([err, exitCode]).toEqual(['', 0]);
    expect(out).toContain('good: policy default/app, mode enforce, confidence 99.9%');
    expect(out).toContain('main (prometheus http://127.0.0.1:9090 every 5s), else direct (scrape every 1s)');
    expect(out).toContain('25% 10m, 50% 15m, 100% 30m; at most 2h, then watched for 2h');
    expect(out).toContain('rules/production.good.yaml: good: 6 rules');
    expect((await run('check', fixture('policies/plan-limit.bad.yaml'))).err).toContain('maxDuration 30m is shorter');
  });

  test('the presets in force can be named', async () => {
    const file = `${root}rules/production.yaml`;
    const { out } = await run('check', '--preset', 'proxy', '--resources', 'cadvisor', file);
    expect(out).toContain('sluice_proxy_requests_total');
    expect(out).toMatch(/cpu_usage .* PromQL/);
    expect((await run('check', '--preset', 'nginx', file)).err).toContain('Allowed choices are app, proxy, envoy');
  });

  test('without a file there is nothing to check', async () => {
    const { err, exitCode } = await run('check');
    expect(err).toContain("missing required argument 'file'");
    expect(exitCode).not.toBe(0);
  });
});

test('rules schema prints what stands in rules/', async () => {
  for (const kind of ['rules', 'policy']) {
    const { out, exitCode } = await run('schema', kind);
    expect([out, exitCode]).toEqual([readFileSync(`${root}rules/${kind}.schema.json`, 'utf8'), 0]);
  }
});
