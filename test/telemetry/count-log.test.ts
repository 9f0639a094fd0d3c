import { describe, expect, it } from 'vitest';
import { ok } from '../../src/lib/result.ts';
import type { LogEntry } from '../../src/release/log.ts';
import { countLog } from '../../src/telemetry/count-log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { bakingRelease, rolledBackRelease } from '../support/sample-release.ts';

const line = (kind: LogEntry['kind'], reason: string, data: LogEntry['data'] = {}): LogEntry => ({
  atMs: 0,
  kind,
  reason,
  message: '',
  data,
});

const metrics = () => createMetrics({ version: '0', releases: async () => ok([]) });

describe('countLog', () => {
  it('counts decisions by kind and reason, and rollbacks by rule', async () => {
    const counted = metrics();
    countLog(counted, bakingRelease(), [
      line('decision', 'StepPassed', { decision: 'advance', rule: null }),
      line('decision', 'Breach', { decision: 'rollback', rule: 'error_rate' }),
      line('decision', 'Aborted', { decision: 'rollback', rule: null }),
    ]);
    const text = await counted.text();
    expect(text).toContain('sluice_decisions_total{decision="advance",reason="StepPassed"} 1');
    expect(text).toContain('sluice_rollbacks_total{policy="app",rule="error_rate"} 1');
    expect(text).toContain('sluice_rollbacks_total{policy="app",rule=""} 1');
  });

  it('takes the time to zero once, when the release has ended', async () => {
    const counted = metrics();
    countLog(counted, rolledBackRelease(), [line('event', 'RolledBack')]);
    countLog(counted, rolledBackRelease(), [line('action', 'ReleaseStarted')]);
    const text = await counted.text();
    expect(text).toContain('sluice_breach_to_zero_seconds_count 1');
    expect(text).toContain('sluice_breach_to_zero_seconds_sum 0.42');
    expect(text).toContain('sluice_releases_ended_total{policy="app",outcome="rolledBack"} 1');
    const { phase, startedAtMs } = rolledBackRelease();
    const seconds = 'endedAtMs' in phase ? (phase.endedAtMs - startedAtMs) / 1_000 : Number.NaN;
    expect(seconds).toBeGreaterThan(0);
    expect(text).toContain(`sluice_release_seconds_sum{policy="app",outcome="rolledBack"} ${seconds}`);
  });

  it('counts a raise by others, not the decision that follows from it', async () => {
    const counted = metrics();
    countLog(counted, bakingRelease(), [
      line('event', 'WeightRaised'),
      line('event', 'TrafficContested'),
      line('decision', 'TrafficContested', { decision: 'rollback', rule: null }),
    ]);
    expect(await counted.text()).toContain('sluice_drift_corrections_total{policy="app"} 2');
  });
});
