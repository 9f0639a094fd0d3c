import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/release/log.ts';
import { releaseView } from '../../src/report/release-view.ts';
import { summary } from '../../src/report/summary.ts';
import { rolledBackRelease, samplePolicy, sampleRelease, startedAtMs } from '../support/sample-release.ts';

const entry = (change: Partial<LogEntry>): LogEntry => ({
  atMs: startedAtMs + 20_000,
  kind: 'event',
  reason: 'X',
  message: '',
  data: {},
  ...change,
});

describe('the deployment report', () => {
  const log = [
    entry({ reason: 'WeightApplied', data: { found: 25, before: 0, desired: 25 } }),
    entry({ reason: 'WeightVerified', data: { applied: 25, observedPercent: 24.8, observedRequests: 1_204 } }),
    entry({ kind: 'decision', reason: 'Breach', message: 'error_rate <b>broke</b> [x](javascript:1)' }),
  ];
  const release = rolledBackRelease();
  const view = releaseView({ release, policy: samplePolicy, log, instances: null, nowMs: release.updatedAtMs });
  const text = summary(view, log);

  it('says what was delivered, when, and how it ended', () => {
    expect(text).toContain('# app v1.9.0: rolled back');
    expect(text).toContain('- **Revision**: v1.8.2 -> v1.9.0');
    expect(text).toContain('- **Start**: 2026-01-15 12:00:00Z');
    expect(text).toContain('- **End**: 2026-01-15 12:12:10Z');
  });

  it('shows each step with its time and the share that was seen', () => {
    expect(text).toContain('| 25 % | 2026-01-15 12:00:20Z | 24.8 % of 1.2k requests | 10m |');
    expect(text).toContain('| 50 % | never | not counted | 15m |');
  });

  it('shows the rollback with rule, line, value, limit and time to zero', () => {
    expect(text).toContain('- **Rule**: error_rate, rules/production.yaml:2');
    expect(text).toContain('- **Value**: 4.9 % against 0.1 %');
    expect(text).toContain('420 ms after the decision');
  });

  it('lets nothing that others wrote become markup', () => {
    expect(text).toContain('error_rate \\<b\\>broke\\</b\\> \\[x\\](javascript:1)');
  });

  it('leaves the rollback out where there was none', () => {
    const well = sampleRelease({ phase: { phase: 'succeeded', endedAtMs: startedAtMs + 3_600_000 } });
    const shown = releaseView({
      release: well,
      policy: samplePolicy,
      log: [],
      instances: null,
      nowMs: well.updatedAtMs,
    });
    const told = summary(shown, []);
    expect(told).toContain('# app v1.9.0: succeeded');
    expect(told).not.toContain('## Rollback');
  });
});
