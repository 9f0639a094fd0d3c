/** `rules check` and `rules explain` against a real Prometheus that remembers a week whose truth is known. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/tuning/check/finding.ts';
import type { RuleExplanation } from '../../src/tuning/explain/explain-rule.ts';
import { suiteEnd } from '../support/at-end.ts';
import { serveHistory } from '../support/history.ts';
import { dayMs, historyPlan, minuteMs } from '../support/history-plan.ts';
import { needs } from '../support/needs.ts';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

/** 0.3 % of the requests fail, three at a time: dispersion 5. */
const plan = historyPlan({
  toMs: Math.floor(Date.now() / minuteMs) * minuteMs,
  fromMs: Math.floor(Date.now() / minuteMs) * minuteMs - 2 * dayMs,
  perSecond: 200,
  errorRatio: 0.003,
  errorsTogether: 3,
});

describe.runIf(needs(['prometheus', 'promtool']))('rules against what was', { timeout: 120_000 }, () => {
  const atEnd = suiteEnd();
  let url = '';
  let file = '';
  beforeAll(async () => {
    url = (await serveHistory(plan, atEnd)).url;
    file = join(await tempDir(atEnd), 'rules.yaml');
    const rule = (name: string, limit: string) =>
      `${name}: { threshold: ${limit}, window: 5m, alert: critical, preset: app }\n`;
    writeFileSync(file, rule('error_rate', '0.1%') + rule('wide_error_rate', '1%'));
  }, 120_000);

  test('a limit that stable itself did not keep is found, and one that it kept is not', async () => {
    const { out } = await sluice(['-o', 'json', 'rules', 'check', '--timeout', '100s', '--prometheus', url, file]);
    const [report] = (JSON.parse(out) as { readonly files: readonly { readonly findings: readonly Finding[] }[] })
      .files;
    const below = report?.findings.filter(({ check }) => check === 'ThresholdBelowBaseline') ?? [];
    expect(below.map(({ rule, line, col }) => [rule, line, col])).toEqual([['error_rate', 1, 26]]);
    expect(below[0]?.message).toMatch(
      /stable itself runs at 0\.(29|30?|31)\d* %.*What would work: a threshold of 0\.[3-9]\d* %/,
    );
  });

  test('how bursty the errors are is learned, and its effect told in minutes', async () => {
    const told = await sluice([
      '-o',
      'json',
      'rules',
      'explain',
      'wide_error_rate',
      '--rules',
      file,
      '--prometheus',
      url,
      '--rate',
      '200/s',
      '--timeout',
      '100s',
    ]);
    expect(told.err).toBe('');
    const { dispersion, minutes, now } = JSON.parse(told.out) as RuleExplanation;
    expect(dispersion.from).toBe('history');
    expect(dispersion.phi).toBeGreaterThan(3.5);
    expect(dispersion.phi).toBeLessThan(7);
    expect(minutes.map((row) => row.standing)).toEqual(['for comparison', 'for comparison', 'in force']);
    expect(now).toEqual([
      { name: 'any', series: expect.any(Number), value: expect.any(Number), perSecond: expect.any(Number) },
    ]);
  });
});
