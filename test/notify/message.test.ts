import { describe, expect, it } from 'vitest';
import { missedPages, noticesOf } from '../../src/notify/message.ts';
import type { LogEntry } from '../../src/release/log.ts';
import { bakingRelease, rolledBackRelease } from '../support/sample-release.ts';

const line = (kind: LogEntry['kind'], reason: string, data: LogEntry['data'] = {}): LogEntry => ({
  atMs: 7,
  kind,
  reason,
  message: `about ${reason}`,
  data,
});

const hold = (reason: string) => line('decision', reason, { decision: 'hold' });

const urgency = (entry: LogEntry) => noticesOf(bakingRelease(), [entry]).map((notice) => notice.urgency);

describe('who is woken', () => {
  it.each([
    line('event', 'RollbackStalled'),
    line('event', 'RollbackDidNotHelp'),
    line('event', 'TrafficContested'),
    line('event', 'InvestigationEscalated'),
    line('event', 'MetricsBlind', { source: 'main' }),
    hold('StableNotReady'),
    hold('PromotionStalled'),
    hold('LimitReached'),
    hold('RollbackAwaitsOrder'),
    hold('RollbackForbidden'),
  ])('somebody, by $kind $reason', (entry) => expect(urgency(entry)).toEqual(['page']));

  it.each([
    line('decision', 'Breach', { decision: 'rollback' }),
    line('event', 'InvestigationOpened'),
    line('event', 'Promoted'),
    line('action', 'ReleaseStarted'),
    hold('InvestigationOpen'),
    hold('OutsideThreshold'),
    hold('ApprovalPending'),
    hold('Paused'),
    hold('WeightOwnedByGitOps'),
    hold('MetricsBlind'),
  ])('nobody, but a chat, by $kind $reason', (entry) => expect(urgency(entry)).toEqual(['tell']));

  it.each([
    line('decision', 'StepPassed', { decision: 'advance' }),
    line('event', 'WeightApplied'),
    line('event', 'WeightVerified'),
    hold('StillBaking'),
    hold('StartingInstances'),
    hold('Watching'),
  ])('nobody at all by $kind $reason', (entry) => expect(urgency(entry)).toEqual([]));

  it.each([
    line('action', 'Paused'),
    line('action', 'InvestigationAnswered'),
    line('action', 'InvestigationNoted'),
    line('action', 'AbortOrdered'),
    line('action', 'RollbackApproved'),
  ])('whoever was paged can rest, by $kind $reason', (entry) => expect(urgency(entry)).toEqual(['acknowledge']));
});

describe('a notice', () => {
  it('has one key a release, and a key of its own for a metric source', () => {
    const keys = noticesOf(bakingRelease(), [hold('LimitReached'), line('event', 'MetricsBlind', { source: 'main' })]);
    expect(keys.map(({ dedupKey }) => dedupKey)).toEqual(['sluice/release/app-3f2a', 'sluice/source/main']);
  });

  it('resolves the alarm when the release ends', () => {
    const notices = noticesOf(rolledBackRelease(), [line('event', 'RolledBack')]);
    expect(notices).toMatchObject([
      { urgency: 'tell', reason: 'RolledBack', text: 'about RolledBack' },
      { urgency: 'resolve', dedupKey: 'sluice/release/app-3f2a' },
    ]);
  });

  it('leaves what paged after the end to a person, whatever the machine writes next', () => {
    const urgencies = (entry: LogEntry) => noticesOf(rolledBackRelease(), [entry]).map((each) => each.urgency);
    expect(urgencies(line('event', 'RollbackDidNotHelp'))).toEqual(['page']);
    expect(urgencies(line('event', 'RollbackVerified'))).toEqual(['tell']);
    expect(urgencies(line('event', 'RollbackUnverified'))).toEqual(['tell']);
    expect(urgencies(line('event', 'CheckPassed'))).toEqual([]);
    expect(urgencies(line('action', 'FalseAlarm'))).toEqual(['resolve']);
  });

  it('is what a controller finds at its start, once each: the one before may have died before it paged', () => {
    const waiting = { reason: 'LimitReached', message: 'limit', rule: null, atMs: 7, data: {} };
    const release = bakingRelease({ waiting, updatedAtMs: 10 });
    const stalled = line('event', 'RollbackStalled');
    const reasons = (log: readonly LogEntry[], found = release) =>
      missedPages(found, log, 10).map(({ reason }) => reason);
    expect(reasons([stalled, hold('LimitReached'), line('event', 'Promoted')])).toEqual([
      'RollbackStalled',
      'LimitReached',
    ]);
    expect(reasons([], bakingRelease({ waiting: { ...waiting, reason: 'Paused' } }))).toEqual([]);
    expect(reasons([stalled], bakingRelease({ updatedAtMs: 7 + 3_600_001 }))).toEqual([]);
    const blind = line('event', 'MetricsBlind', { source: 'main' });
    expect(
      reasons([blind, { ...line('event', 'SightReturned'), atMs: 8 }], bakingRelease({ updatedAtMs: 10 })),
    ).toEqual([]);
    const didNotHelp = [stalled, line('event', 'RollbackDidNotHelp'), line('event', 'RollbackVerified')];
    expect(reasons(didNotHelp, rolledBackRelease())).toEqual(['RollbackDidNotHelp']);
    expect(missedPages(rolledBackRelease(), didNotHelp, 7 + 3_600_001)).toEqual([]);
  });
});
