import { describe, expect, it } from 'vitest';
import { type Outlook, outlookLines, unjudgeable } from '../../src/gate/judgeability.ts';
import { defaultPlan } from '../../src/release/plan.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { defaultJudgeSettings } from '../../src/verdict/settings.ts';
import { cpu, errorRate, settings } from '../verdict/a-rule.ts';

/** So sure that thin traffic convicts nobody: only a complete sample makes a step judgeable. */
const judge = { ...defaultJudgeSettings, rules: 6, alpha: 1e-6 };
const outlook = (perSecond: number, ...rules: readonly Rule[]): Outlook => ({
  rules: { rules, hash: '', file: 'rules/production.yaml' },
  judge,
  plan: defaultPlan,
  traffic: { perSecond, stableRatio: 0.0005 },
});

describe('what a release is told of its steps when it starts', () => {
  it('no step is, with one request a minute; all are, with a thousand a second', () => {
    expect(unjudgeable(outlook(1 / 60, errorRate))).toEqual([
      { rule: 'error_rate', step: 0 },
      { rule: 'error_rate', step: 1 },
      { rule: 'error_rate', step: 2 },
    ]);
    expect(unjudgeable(outlook(1_000, errorRate))).toEqual([]);
  });

  it('what earlier steps bring counts: 210, 630 and 2,520 requests are 3,000 at the last step', () => {
    expect(unjudgeable(outlook(1.4, errorRate)).map(({ step }) => step)).toEqual([0, 1]);
  });

  it('only rules that can hold a step are named, each for itself', () => {
    const others: readonly Rule[] = [
      { ...errorRate, name: 'warned', alert: 'warning' },
      { ...errorRate, name: 'noted', alert: 'info' },
      { ...errorRate, name: 'tried', dryRun: true },
      { ...cpu, alert: 'critical' },
    ];
    expect(unjudgeable(outlook(1.4, errorRate, ...others, { ...errorRate, name: 'logins' }))).toEqual([
      { rule: 'error_rate', step: 0 },
      { rule: 'error_rate', step: 1 },
      { rule: 'logins', step: 0 },
      { rule: 'logins', step: 1 },
    ]);
  });

  it('each step is told in a sentence: requests, when it may pass, how soon it convicts', () => {
    const usual = { ...outlook(10, errorRate, { ...errorRate, name: 'warned', alert: 'warning' }), judge: settings };
    expect(outlookLines(usual)).toEqual([
      expect.stringMatching(
        /^error_rate at 25 % for 10m: 1,500 requests, may pass after 20m; beyond its limit it is found: 2 times never, 5 times in \d+m, 10 times in \S+$/,
      ),
      expect.stringContaining(
        'error_rate at 50 % for 15m: 4,500 requests, may pass in the bake; beyond its limit it is found: ',
      ),
      expect.stringContaining('error_rate at 100 % for 30m: 18,000 requests'),
    ]);
    expect(outlookLines(outlook(0, errorRate))[0]).toContain(
      'may pass once there is traffic; beyond its limit it is found: 2 times never, 5 times never, 10 times never',
    );
  });
});

it('a rule of a route is planned by the traffic of its route, where that is known', () => {
  const logins: Rule = { ...errorRate, name: 'logins', route: '/login' };
  const given = outlook(1_000, errorRate, logins);
  const thin = { ...given, traffic: { ...given.traffic, ofRoute: { '/login': { perSecond: 0.001, stableRatio: 0 } } } };
  const named = (each: Outlook) => [...new Set(unjudgeable(each).map(({ rule }) => rule))];
  expect(named(thin)).toEqual(['logins']);
  expect(named(given)).toEqual([]);
  expect(named({ ...thin, traffic: { ...given.traffic, ofRoute: {} } })).toEqual([]);
});
