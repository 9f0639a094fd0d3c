/** A release with a log, looks and results of CI, as its report is made from; changed where a test says so. */
import type { Attestation } from '../../src/release/attestation.ts';
import { noLooks } from '../../src/release/journal.ts';
import type { LogEntry } from '../../src/release/log.ts';
import { type DeploymentReport, deploymentReport } from '../../src/report/deployment/deployment-report.ts';
import type { ReportInput } from '../../src/report/deployment/told.ts';
import { pastRelease } from '../../src/report/history-view.ts';
import { rolledBackRelease, samplePolicy, startedAtMs } from './sample-release.ts';

const logLine = (afterMs: number, change: Partial<LogEntry>): LogEntry => ({
  atMs: startedAtMs + afterMs,
  kind: 'event',
  reason: 'X',
  message: '',
  data: {},
  ...change,
});

export const resultOfCi = (change: Partial<Attestation> = {}): Attestation => ({
  name: 'tests',
  revision: 'v1.9.0',
  outcome: 'pass',
  values: { coverage: 83.1, high: 0 },
  who: 'ci',
  caller: null,
  reason: '',
  atMs: startedAtMs - 60_000,
  ...change,
});

/** A rollback at 25 %, with markup in what others wrote. */
export const toldRollback = (change: Partial<ReportInput> = {}): DeploymentReport => {
  const release = rolledBackRelease();
  const log = [
    logLine(0, { kind: 'action', reason: 'ReleaseStarted', message: 'begun by ann' }),
    logLine(20_000, { reason: 'WeightApplied', data: { found: 25, before: 0, desired: 25 } }),
    logLine(24_000, {
      reason: 'WeightVerified',
      data: { applied: 25, observedPercent: 24.8, observedRequests: 1_204 },
    }),
    logLine(60_000, {
      kind: 'decision',
      reason: 'Paused',
      message: 'ann paused',
      data: { decision: 'hold', rule: null },
    }),
    logLine(180_000, {
      kind: 'decision',
      reason: 'StillBaking',
      message: 'bakes',
      data: { decision: 'hold', rule: null },
    }),
    logLine(700_000, {
      kind: 'decision',
      reason: 'Breach',
      message: 'error_rate <b>broke</b> [x](javascript:1)',
      data: { decision: 'rollback', rule: 'error_rate', verdict: 'breach' },
    }),
  ];
  const policy = { ...samplePolicy, attested: [resultOfCi()], frozen: ['v1.9.0'] };
  const nowMs = release.updatedAtMs;
  const given = { release, policy, log, journal: noLooks, nowMs, ...change };
  return deploymentReport({ ...given, earlier: change.earlier ?? [pastRelease(given, nowMs)] });
};
