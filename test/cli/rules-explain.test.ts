/** `sluice rules explain`, as a command: offline, with its mistakes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { RuleExplanation } from '../../src/tuning/explain/explain-rule.ts';
import { testServer } from '../support/http-server.ts';
import { bakingRelease } from '../support/sample-release.ts';
import { sluice } from '../support/sluice-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-explain-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'rules.yaml');
writeFileSync(
  file,
  `error_rate: { threshold: 0.1%, window: 5m, alert: critical }
throughput: { threshold: -10% from baseline, window: 10m, alert: warning }
lag: { threshold: 5s, window: 5m, alert: info, query: 'max by (pod) (lag_seconds{$arm})' }
`,
);

const explain = (...words: readonly string[]) => sluice(['rules', 'explain', ...words]);

describe('rules explain', { timeout: 60_000 }, () => {
  test('says in plain words what a counted rule asks, and at which counts it does what', async () => {
    const { out, err, code } = await explain('error_rate', '--rules', file, '--rate', '100/s');
    expect([err, code]).toEqual(['', 0]);
    expect(out).toContain('error_rate: 0.1%, critical');
    expect(out).toContain('  http_requests_total\n  http_requests_total{code=~"5.."}\n');
    expect(out).toMatch(
      /rolls back when\n {2}- more than 0\.1 % .* surely bad, and worse than 1\.25 times stable\n {2}- for example: 1[0-9] errors in 300 canary requests, 2[0-9] in 3,000, /,
    );
    expect(out).toContain('at least half of 10 or more canary requests fail within 5s');
    expect(out).toContain('holds when\n');
    expect(out).toContain('3,000 canary requests were seen, 600 of them');
    expect(out).toMatch(
      /takes to convict at 100 requests\/s, 25 % on the canary\n {2}- dispersion 1: 2 times the limit 1\dm, /,
    );
    expect(out).toContain('dispersion 3 (assumed): ');
    expect(out).toContain('chance that a healthy release is rolled back <= 0.1 %');
    expect(out).not.toContain('nats');
    expect((await explain('error_rate', '--rules', file, '--details')).out).toMatch(/convicts from 8\.01 nats on/);
  });

  test('as JSON, with the labels of the versions in the queries', async () => {
    const { out } = await explain(
      'lag',
      '--rules',
      file,
      '--canary',
      'track=canary',
      '--stable',
      'track=stable',
      '-o',
      'json',
    );
    const told = JSON.parse(out) as RuleExplanation;
    expect(told.queries).toEqual([
      { version: 'canary', promql: ['max by (pod) (lag_seconds{track="canary"})'] },
      { version: 'stable', promql: ['max by (pod) (lag_seconds{track="stable"})'] },
    ]);
    expect([told.holds, told.now, told.convicts.consequence]).toEqual([[], null, 'is noted, and moves nothing, when']);
  });

  test('of a running release: where the rule stands', async () => {
    const server = await testServer();
    await server.controls.put(bakingRelease());
    const { out, code } = await sluice(['rules', 'explain', 'error_rate', '--release', 'app'], { server: server.url });
    expect(code).toBe(0);
    expect(out).toMatch(/^error_rate: 0\.1%, critical {3}\(.*:\d+\)\n {2}release {2}app-3f2a\n {2}canary /);
    expect(out).toContain('  takes    11 more errors now would roll back');
    expect(out).toContain('asks\n  http_requests_total\n  http_requests_total{code=~"5.."}\n');
    const wrong = await sluice(['rules', 'explain', 'lag', '--release', 'app'], { server: server.url });
    expect([wrong.code, wrong.err]).toEqual([
      3,
      expect.stringContaining('there is no rule "lag"; there are error_rate, '),
    ]);
  });

  test('mistakes say what to do', async () => {
    const none = await explain('error_rate');
    expect([none.code, none.err]).toEqual([3, 'sluice: name one of --rules FILE, --policy FILE or --release NAME\n']);
    const wrong = await explain('eror_rate', '--rules', file);
    expect([wrong.code, wrong.err]).toEqual([
      3,
      'sluice: there is no rule "eror_rate"; there are error_rate, throughput, lag; did you mean "error_rate"?\n',
    ]);
    expect((await explain('error_rate', '--rules', '/nowhere.yaml')).err).toBe(
      'sluice: /nowhere.yaml:1:1 the file does not exist\n',
    );
    expect((await explain('error_rate', '--rules', file, '--rate', 'much')).err).toContain(
      'Write requests a second, such as 100/s.',
    );
    const down = await explain('error_rate', '--rules', file, '--prometheus', 'http://127.0.0.1:1');
    expect([down.code, down.err]).toEqual([3, expect.stringContaining('sluice: could not ask: http://127.0.0.1:1')]);
  });
});
