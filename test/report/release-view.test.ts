import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/release/log.ts';
import type { Cause, Release } from '../../src/release/release.ts';
import { nextMoveText } from '../../src/report/next-move.ts';
import { type ReleaseView, releaseView } from '../../src/report/release-view.ts';
import {
  bakingRelease,
  errorRate,
  passing,
  rolledBackRelease,
  samplePolicy,
  sampleRelease,
} from '../support/sample-release.ts';

const view = (release: Release, log: readonly LogEntry[] = []): ReleaseView =>
  releaseView({ release, policy: samplePolicy, log, instances: null, nowMs: release.updatedAtMs });

const waiting = (change: Partial<Cause>): Cause => ({
  reason: 'X',
  message: 'x',
  rule: null,
  atMs: 0,
  data: {},
  ...change,
});

it('keeps what was foreseen at the start, whatever happens after it', () => {
  const entry = (reason: string, message: string): LogEntry => ({ atMs: 0, kind: 'event', reason, message, data: {} });
  const foreseen = entry('Outlook', 'error_rate at 25 % for 10m: 1,500 requests');
  const later = Array.from({ length: 30 }, (_, i) => entry('Noted', `${i}`));
  const { outlook, recent } = view(bakingRelease(), [foreseen, ...later]);
  expect(outlook).toEqual([foreseen.message]);
  expect(recent).not.toContain(foreseen);
});

describe('a release in its bake', () => {
  it('counts down to the next weight', () => {
    const { next, step, steps } = view(bakingRelease({ waiting: waiting({ reason: 'StillBaking' }) }));
    expect(nextMoveText(next)).toBe('100 % in 07:42 if nothing objects');
    expect(next.atMs).toBe(bakingRelease().updatedAtMs + 462_000);
    expect(step).toBe(2);
    expect(steps.map(({ state }) => state)).toEqual(['done', 'running', 'due']);
  });

  it('says that it only asks for the next weight in mode advise', () => {
    const { next } = view(bakingRelease({ mode: 'advise', waiting: waiting({ reason: 'StillBaking' }) }));
    expect(nextMoveText(next)).toBe('100 % in 07:42 by promote, if nothing objects');
  });

  it('runs the clock on between two ticks, and not over a silence of the controller', () => {
    const release = bakingRelease();
    const at = (afterMs: number) =>
      releaseView({ release, policy: null, log: [], instances: null, nowMs: release.updatedAtMs + afterMs }).next.inMs;
    expect(at(800)).toBe(461_200);
    expect(at(60_000)).toBe(462_000);
  });

  it.each([
    [{ reason: 'Paused', message: 'Paused by ann' }, '100 % held: Paused'],
    [{ reason: 'OutsideThreshold', rule: 'error_rate' }, '100 % held: error_rate'],
  ])('shows no countdown while it is held: %o', (hold, text) => {
    expect(nextMoveText(view(bakingRelease({ waiting: waiting(hold) })).next)).toBe(text);
  });

  it('says what a bake that has ended still waits for', () => {
    const release = bakingRelease({ waiting: waiting({ reason: 'TooFewEvents', rule: 'error_rate' }) });
    const phase = { ...release.phase, bakedMs: 900_000 } as Release['phase'];
    expect(nextMoveText(view({ ...release, phase }).next)).toBe('100 % as soon as error_rate passes');
  });

  it('says what it would take, in events', () => {
    const [errors, slow] = view(bakingRelease()).rules;
    expect(errors).toMatchObject({
      take: '11 more errors now would roll back',
      limitWords: '0.1 %',
      at: 'rules/production.yaml:2',
    });
    expect(slow).toMatchObject({ take: '', limitWords: '5 % > 500ms', unit: 'ratio' });
    expect(slow?.evidence).toBeCloseTo(4.4 / 8.7, 6);
  });

  it('says how many requests a pass still needs', () => {
    const few = passing(errorRate, { kind: 'inconclusive', reason: 'TooFewEvents', events: 1_000, stepEvents: 10 });
    expect(view(bakingRelease({ verdicts: [few] })).rules[0]?.take).toBe('needs 2,000 more requests');
  });

  it('shows a rule that was not looked at yet as such', () => {
    expect(view(sampleRelease()).rules[0]).toMatchObject({ verdict: null, canary: null, message: 'not looked at yet' });
  });

  it('promises how seldom a healthy release is rolled back', () => {
    expect(view(bakingRelease()).falseAlarm).toEqual({
      probability: 0.001,
      outside: null,
      called: null,
      sentence: 'chance that a healthy release is rolled back <= 0.1 %, over all rules and looks',
    });
  });
});

describe('what a person must know', () => {
  it('asks for a person where waiting lifts nothing, and names the commands', () => {
    const open = waiting({ reason: 'InvestigationOpen', message: 'p95 is up', rule: 'response_time_p95' });
    expect(view(bakingRelease({ waiting: open })).attention).toEqual({
      reason: 'InvestigationOpen',
      message: 'p95 is up',
      answers: ['answer --reason TEXT', 'abort --reason TEXT'],
    });
    expect(view(bakingRelease({ waiting: waiting({ reason: 'MetricsBlind' }) })).attention).toBeNull();
  });

  it('tells a rollback with rule, line, value, limit and times', () => {
    const suspect: LogEntry = {
      atMs: 5,
      kind: 'decision',
      reason: 'OutsideThreshold',
      message: '',
      data: { rule: 'error_rate', verdict: 'suspect' },
    };
    const { rollback, result, ended } = view(rolledBackRelease(), [suspect]);
    expect({ result, ended }).toEqual({ result: 'rolledBack', ended: true });
    expect(rollback).toMatchObject({
      rule: 'error_rate',
      at: 'rules/production.yaml:2',
      value: 0.049,
      limit: 0.001,
      firstBreachAtMs: 5,
      toZeroMs: 420,
    });
  });

  it('shows a latched breach that waits for a word as a rollback not yet at zero', () => {
    const latch = waiting({ reason: 'Breach', message: 'broken', rule: 'error_rate', atMs: 9 });
    const { rollback, next } = view(bakingRelease({ latch, waiting: waiting({ reason: 'RollbackAwaitsOrder' }) }));
    expect(rollback).toMatchObject({ decidedAtMs: 9, zeroAtMs: null, toZeroMs: null });
    expect(next.condition).toBe('never: a breach is on record');
  });

  it('counts a promoted release as succeeded while it is watched', () => {
    const watched = view(sampleRelease({ phase: { phase: 'watching', watchedMs: 60_000 } }));
    expect(watched).toMatchObject({ result: 'succeeded', ended: false });
    expect(nextMoveText(watched.next)).toBe('end of the watch in 1:59:00 unless a rule breaks');
  });

  it('is plain JSON', () => {
    const shown = view(bakingRelease());
    expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
  });
});
