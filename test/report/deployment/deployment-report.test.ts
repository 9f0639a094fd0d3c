import { describe, expect, it } from 'vitest';
import { type CheckDemand, checksOf } from '../../../src/release/check-demand.ts';
import type { Release } from '../../../src/release/release.ts';
import { aRule } from '../../support/a-rule.ts';
import { span } from '../../support/journal-spans.ts';
import {
  errorRate,
  passing,
  rolledBackRelease,
  samplePolicy,
  sampleRelease,
  startedAtMs,
} from '../../support/sample-release.ts';
import { resultOfCi, toldRollback } from '../../support/told-release.ts';

const traffic = {
  by: 'router',
  ok: 9_960,
  failed: 40,
  last: null,
  sinceMs: startedAtMs,
  lookedAtMs: startedAtMs + 700_000,
  askedAtMs: startedAtMs + 700_000,
  okFromMs: startedAtMs + 699_000,
  longestUnseenMs: 1_500,
  open: null,
  longest: { seenAtMs: startedAtMs + 690_000, leastMs: 2_000, mostMs: 4_000, failed: 12 },
};

const promoted = sampleRelease({
  phase: { phase: 'succeeded', endedAtMs: startedAtMs + 11_000_000 },
  verdicts: [passing(errorRate)],
  weight: { ...sampleRelease().weight, firstTrafficAtMs: startedAtMs },
  traffic,
  tasks: [{ name: 'post-mortem', what: 'Held' }],
});

const promotedLog = [
  { atMs: startedAtMs + 3_600_000, kind: 'event', reason: 'Promoted', message: '', data: {} },
] as const;

const watched = (name: string, kind: CheckDemand['kind']): CheckDemand => ({
  ...{ name, kind, stages: [], onFail: 'usual', everyMs: 30_000, failures: 1, survives: true, isGate: false },
  overrideBy: [],
});

const answered = {
  ...{ place: 'afterRollback', attempt: 1, message: 'it answered', sinceMs: startedAtMs, askedAtMs: startedAtMs },
  ...{ answeredAtMs: startedAtMs, tookMs: 4, failedInARow: 0, override: null },
};

describe('the deployment report', () => {
  it('calls a release that was taken back a rollback, with its times and whether it helped', () => {
    const { rollback, status } = toldRollback();
    expect(status).toBe('rollback');
    expect(rollback).toMatchObject({ executed: true, toZeroMs: 420, toRecoveryMs: 420, rule: 'error_rate' });
    expect(rollback?.verified).toEqual([
      expect.objectContaining({ what: 'stable serves everything', state: 'yes' }),
      expect.objectContaining({ what: 'stable is within its critical rules again', state: 'unknown' }),
      expect.objectContaining({ what: 'health checks pass', state: 'unknown' }),
      expect.objectContaining({ what: 'alerts cleared', state: 'unknown' }),
    ]);
  });

  it.each([
    ['passed', 'yes'],
    ['pending', 'unknown'],
    ['failed', 'no'],
  ] as const)('takes alerts for cleared by what the checks of them said after the rollback: %s', (state, cleared) => {
    const checks = checksOf([watched('health', 'health'), watched('no-alert', 'alertmanager')]).map((check) => ({
      ...check,
      runs: [{ ...answered, state: check.demand.kind === 'health' ? ('passed' as const) : state }],
    }));
    const { rollback } = toldRollback({ release: { ...rolledBackRelease(), checks } });
    expect(rollback?.verified.slice(2)).toEqual([
      { what: 'health checks pass', state: 'yes', evidence: 'health passed: it answered' },
      { what: 'alerts cleared', state: cleared, evidence: `no-alert ${state}: it answered` },
    ]);
  });

  it('takes no rule that was read before the rollback for what is known of alerts since', () => {
    const released = rolledBackRelease();
    const [first] = released.rules.rules;
    if (first === undefined) throw new Error('it has no rule');
    const rules = {
      ...released.rules,
      rules: [{ ...first, name: 'pager', sli: { kind: 'alert', alertname: 'Down', labels: {} } as const }],
    };
    const { rollback } = toldRollback({ release: { ...released, rules, verdicts: [] } });
    expect(rollback?.verified.at(-1)).toEqual({
      ...{ what: 'alerts cleared', state: 'unknown' },
      evidence: 'pager not seen firing when it was taken back; no alert was asked for since',
    });
  });

  it('says what was not measured instead of assuming it', () => {
    const { impact, success } = toldRollback();
    expect(impact).toMatchObject({ level: 'notMeasured', requests: null, failed: null });
    expect(success.map(({ state, what }) => [what, state])).toEqual([
      ['no interruption over 30 s', 'notMeasured'],
      ['p95 within 500 ms', 'notMeasured'],
      ['errors within 0.1% for 2h', 'notMeasured'],
      ['cpu_usage in range', 'notMeasured'],
      ['memory_usage in range', 'notMeasured'],
      ['integrations up', 'notMeasured'],
    ]);
  });

  it('tells the downtime by what was counted', () => {
    const report = toldRollback({ release: { ...rolledBackRelease(), traffic } });
    expect(report.impact).toMatchObject({ level: 'zeroDowntime', requests: 10_000, failed: 40, by: 'router' });
    expect(report.impact.sentence).toBe(
      'longest time without an answer between 2 s and 4 s; 40 of 10,000 requests failed',
    );
    expect(report.success[0]).toMatchObject({ state: 'met' });
  });

  it.each([
    ['minor', { longest: { ...traffic.longest, leastMs: 31_000, mostMs: 33_000 } }],
    ['major', { longest: { ...traffic.longest, leastMs: 301_000, mostMs: 303_000 } }],
    ['major', { ok: 950, failed: 50 }],
    ['notMeasured', { longest: { ...traffic.longest, leastMs: 20_000, mostMs: 40_000 } }],
    ['notMeasured', { longestUnseenMs: 31_000 }],
    ['notMeasured', { ok: 0, failed: 0, longest: null }],
  ])('calls an impact %s', (level, change) => {
    const release = { ...rolledBackRelease(), traffic: { ...traffic, ...change } };
    expect(toldRollback({ release }).impact.level).toBe(level);
  });

  it('has the tests, coverage and security issues that were posted for this revision', () => {
    const policy = {
      ...samplePolicy,
      attested: [resultOfCi(), resultOfCi({ revision: 'v1', values: { coverage: 1 } })],
    };
    const { findings } = toldRollback({ policy });
    expect(findings).toMatchObject({ coverage: 83.1, security: { high: 0 } });
    expect(findings.results).toHaveLength(1);
  });

  it('lists holds outside of the plan with how long they lasted', () => {
    expect(toldRollback().issues.map(({ lastedMs, reason }) => [reason, lastedMs])).toEqual([
      ['Paused', 120_000],
      ['Breach', null],
    ]);
  });

  it('derives what could be better from what happened', () => {
    const { lessons } = toldRollback();
    expect(lessons.couldImprove).toContain('stood still for 2m: Paused');
    expect(lessons.wentWell).toContain('weight 0 within 420 ms of the decision to take it back');
    expect(lessons.actions[0]).toContain('find out why v1.9.0 was taken back; it is frozen');
  });

  it('judges the errors of the watch by what was counted after the promotion', () => {
    const spans = [span(1), { ...span(2), toMs: 4_000_000 }];
    const { success } = toldRollback({
      release: promoted,
      log: promotedLog,
      journal: { spans, trend: [], cut: false },
    });
    expect(success.find(({ what }) => what.startsWith('errors within'))?.said).toMatch(/in 2h3m.* of watch/);
  });

  it.each([
    ['met', [0.2, 0.4, 0.3], '20 % to 40 %, 30 % when last looked at, limit 80 %'],
    ['met', [0.2, 0.9, 0.3], 'outside for 0 ms at the longest (for 5m may be)'],
    ['missed', [0.9, 0.9, ...Array(20).fill(0.95), 0.3], 'outside for 5m15s at the longest'],
    ['missed', [0.2, 0.3, 0.9], '90 % when last looked at'],
    ['notMeasured', [], 'nothing was seen of it'],
  ])('holds the CPU that was measured against its rule: %s by %s', (state, levels, said) => {
    const cpu = aRule({
      name: 'cpu_usage',
      threshold: { kind: 'ratio-above', ratio: 0.8 },
      ...({
        sli: { kind: 'gauge', selector: { metric: 'x', matchers: [] }, aggregate: 'max' },
        forMs: 300_000,
      } as const),
    });
    // The judge excuses a canary whose stable suffers, too; and what it suspects may be well within its range.
    const kind = state === 'met' ? 'suspect' : 'pass';
    const verdicts = [passing(cpu, { kind, canary: 0.5, limit: 0.8 })];
    const release = { ...promoted, rules: { ...promoted.rules, rules: [cpu] }, verdicts };
    const spans = levels.map((level, n) => span(n + 1, { read: { cpu_usage: { level: [level, 0.95], age: 0 } } }));
    const { success } = toldRollback({ release, log: promotedLog, journal: { spans, trend: [], cut: false } });
    expect(success.find(({ what }) => what === 'cpu_usage in range')).toMatchObject({
      state,
      said: expect.stringContaining(said),
    });
  });

  it('holds nothing against an instance that was not warm before it had traffic', () => {
    const rule = aRule({
      ...{ name: 'cpu_usage', threshold: { kind: 'ratio-above', ratio: 0.8 }, forMs: 0 },
      ...({ sli: { kind: 'gauge', selector: { metric: 'x', matchers: [] }, aggregate: 'max' } } as const),
    });
    const weight = { ...promoted.weight, firstTrafficAtMs: startedAtMs + 30_000 };
    const rules = { ...promoted.rules, rules: [rule] };
    const read = (level: number) => ({ read: { cpu_usage: { level: [level, 0.3] as const, age: 0 } } });
    const spans = [span(1, read(0.99)), span(2, read(0.2)), span(3, read(0.3))];
    const given = { log: promotedLog, journal: { spans, trend: [], cut: false } };
    const told = (release: Release) =>
      toldRollback({ release: { ...release, verdicts: [passing(rule)] }, ...given }).success.find(
        ({ what }) => what === 'cpu_usage in range',
      );
    expect(told({ ...promoted, rules, weight })).toMatchObject({
      state: 'met',
      said: expect.stringMatching(/^20 % to 30 %, /),
    });
    expect(told({ ...promoted, rules, weight: { ...weight, firstTrafficAtMs: null } })).toMatchObject({
      state: 'notMeasured',
    });
  });

  it('ticks tasks by results of their names, which are no tests', () => {
    const done = resultOfCi({ name: 'post-mortem', values: {}, who: 'ann', reason: 'doc 12' });
    const policy = { ...samplePolicy, attested: [resultOfCi(), done] };
    const report = toldRollback({ release: promoted, log: promotedLog, policy });
    expect(report.status).toBe('success');
    expect(report.tasks).toEqual([
      { name: 'post-mortem', what: 'Held', done: true, who: 'ann', atMs: done.atMs, note: 'doc 12' },
    ]);
    expect(report.findings.results.map(({ name }) => name)).toEqual(['tests']);
  });
});
