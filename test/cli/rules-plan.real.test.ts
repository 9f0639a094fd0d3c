import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { type ServedHistory, serveHistory } from '../support/history.ts';
import { dayMs, historyPlan, hourMs, trafficAt } from '../support/history-plan.ts';
import { needs } from '../support/needs.ts';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';
import { deadOrigin } from '../support/upstream.ts';

const rules = new URL('../../rules/production.yaml', import.meta.url).pathname;
const plan = (...words: readonly string[]) => sluice(['rules', 'plan', rules, ...words]);

interface Told {
  readonly dispersion: Readonly<Record<string, { readonly phi: number; readonly from: string }>>;
  readonly releasesAMonth: number;
  readonly unjudgeable: readonly object[];
  readonly traffic: readonly {
    readonly name: string;
    readonly rules: readonly { readonly rule: string; readonly perSecond: number; readonly stableRatio: number }[];
  }[];
}

describe('sluice rules plan, with the traffic told', () => {
  it('prints a row a step, what would help, and fits 80 columns', async () => {
    const { code, out, err } = await plan('--rate', '10/s', '--stable-errors', '0.05%');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/25 % 10m +1\.5k +not in bake, needs 20m +no/);
    expect(out).toContain('nothing can convict 2x the limit or prove health');
    expect(out).toMatch(/dispersion 3, assumed: at 25 %, 5x the limit takes \S+ to convict, \S+ if errors came/);
    expect(out).toMatch(/false rollback <= 0\.1 % \(literal rule: \d+ %, simulated\)/);
    expect(out).toMatch(/at 25 %: any of bake .*whenUnjudgeable: checks/);
    expect(out.replace(/\s+/g, ' ')).toContain('<= 0.02 a month at 20 releases');
    const rows = out.split('\n').filter((line) => /^ {2}\d+ % \d+m/.test(line));
    expect(rows.length).toBeGreaterThan(3);
    expect(Math.max(...rows.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('says that nothing is known of one route where the whole is told', async () => {
    const file = join(await tempDir(), 'routes.yaml');
    await writeFile(
      file,
      'checkout_error_rate: { preset: app, threshold: 1%, window: 5m, alert: critical, routes: [/checkout] }\n',
    );
    const { code, out } = await sluice(['rules', 'plan', file, '--rate', '100/s']);
    expect(code).toBe(0);
    expect(out).toContain('checkout_error_rate[/checkout] (critical, limit 1%): 100 requests/s');
    expect(out.replace(/\s+/g, ' ')).toContain('as if all requests were of that route');
  });

  it('says what rules/README.md shows', async () => {
    const readme = readFileSync(new URL('../../rules/README.md', import.meta.url), 'utf8');
    const shown = /^```text\n(.*?)^```/ms.exec(readme)?.[1] ?? 'none';
    expect((await plan('--rate', '10/s', '--stable-errors', '0.05%')).out).toContain(shown);
  });

  it('exits 1 for what nobody can judge, if asked to, and 0 where all can be judged', async () => {
    const bad = await plan('--rate', '10/s', '--fail-on', 'unjudgeable');
    expect([bad.code, bad.err]).toEqual([1, expect.stringContaining('unjudgeable: error_rate at 25 % (as given)')]);
    expect((await plan('--rate', '1000/s', '--fail-on', 'unjudgeable')).code).toBe(0);
  });

  it('refuses what is no rate, and a rule file without any traffic, in words', async () => {
    expect((await plan('--rate', '100')).err).toContain('such as 100/s');
    const none = await plan();
    expect([none.code, none.err]).toEqual([3, expect.stringContaining('give --prometheus URL, or --rate 100/s')]);
    const dead = await plan('--prometheus', await deadOrigin());
    expect([dead.code, dead.err]).toEqual([3, expect.stringContaining('ECONNREFUSED')]);
    expect((await sluice(['rules', 'plan', '/nowhere.yaml', '--rate', '1/s'])).err).toContain('does not exist');
  });
});

describe.runIf(needs(['prometheus', 'promtool']))('sluice rules plan, with a history', () => {
  const atEnd = suiteEnd();
  const days = 9;
  let served: ServedHistory | null = null;
  const history = async (): Promise<ServedHistory> => {
    const toMs = Math.floor(Date.now() / hourMs) * hourMs;
    const deploys = [2, 4, 6].map((day) => ({ afterMs: day * dayMs }));
    served ??= await serveHistory(historyPlan({ toMs, days, perSecond: 40, errorsTogether: 3, deploys }), atEnd);
    return served;
  };

  it('finds the traffic of this hour and of the weekly low, stable’s errors, and the releases', async () => {
    const { url, plan: made } = await history();
    const { code, out, err } = await plan('--prometheus', url, '--label', 'job=app', '-o', 'json');
    expect([code, err]).toEqual([0, '']);
    const told = JSON.parse(out) as Told;
    const [now, low] = told.traffic.map(({ rules: all }) => all.find(({ rule }) => rule === 'error_rate')!);
    const quarters = Array.from({ length: 7 * 96 }, (_, i) => Date.now() - (i + 1) * (hourMs / 4));
    const mean = (times: readonly number[]) => times.reduce((sum, at) => sum + trafficAt(made, at), 0) / times.length;
    const hour = Math.floor(Date.now() / hourMs) % 24;
    const expected = mean(quarters.filter((at) => Math.floor(at / hourMs) % 24 === hour));
    expect(now!.perSecond / expected).toBeGreaterThan(0.9);
    expect(now!.perSecond / expected).toBeLessThan(1.1);
    const least = Math.min(...quarters.map((at) => trafficAt(made, at)));
    expect(low!.perSecond / least).toBeGreaterThan(0.85);
    expect(low!.perSecond / least).toBeLessThan(1.15);
    expect(now!.stableRatio).toBeCloseTo(made.errorRatio, 4);
    const slow = told.traffic[0]!.rules.find(({ rule }) => rule === 'response_time_p95')!;
    expect(slow.stableRatio).toBeCloseTo(made.slowRatio, 2);
    expect(told.releasesAMonth).toBeGreaterThan(8);
    expect(told.releasesAMonth).toBeLessThan(12);
    // Three at a time is a variance of five times the mean.
    expect(told.dispersion['error_rate']).toMatchObject({ from: 'history' });
    expect(told.dispersion['error_rate']!.phi).toBeGreaterThan(4);
    expect(told.dispersion['error_rate']!.phi).toBeLessThan(6.5);
    expect(told.dispersion['response_time_p95']!.phi).toBeLessThan(1.3);
  });

  it('says where the dispersion is from, and what it costs', async () => {
    const { url } = await history();
    const asked = ['--prometheus', url, '--label', 'job=app', '--rate', '100/s'];
    const told = (await plan(...asked)).out.replace(/\s+/g, ' ');
    expect(told).toMatch(
      /dispersion (4|5|6)\S*, learned from the last 7 days: at 25 %, 5x the limit takes \S+ to conv/,
    );
    const stated = (await plan(...asked, '--dispersion', '2')).out.replace(/\s+/g, ' ');
    expect(stated).toContain('dispersion 2, as stated: at 25 %');
  });

  it('gives up at its deadline, and says at what', async () => {
    const { url } = await history();
    const late = await plan('--prometheus', url, '--label', 'job=app', '--timeout', '1ms');
    expect([late.code, late.out]).toEqual([3, '']);
    expect(late.err).toMatch(/within (1ms|0s)/);
  });

  it('says so when the history has nothing of the service', async () => {
    const { url } = await history();
    const none = await plan('--prometheus', url, '--label', 'job=other');
    expect([none.code, none.err]).toEqual([3, expect.stringContaining("none of the rules' series")]);
  });
});
