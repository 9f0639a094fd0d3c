/** An alert that fires: for whom, since when, and for how long until it is a breach. */
import { describe, expect, test } from 'vitest';
import type { AlertReading, Firing } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { cpu, minute } from './a-rule.ts';
import { type Course, course } from './course.ts';

const rule: Rule = {
  ...cpu,
  name: 'payments',
  alert: 'critical',
  sli: { kind: 'alert', alertname: 'PaymentsFail', labels: {} },
  forMs: 2 * minute,
};
const firing: Firing = { sinceMs: 30_000 };
const unknown: Firing = { sinceMs: null };

type For = Partial<Pick<AlertReading, 'canary' | 'stable' | 'neither'>>;

const alertAt = (atMs: number, fires: For): AlertReading => ({
  kind: 'alert',
  atMs,
  canary: null,
  stable: null,
  neither: null,
  ...fires,
});
const every = (from: Course, count: number, fires: For, context: Parameters<Course['see']>[1] = {}): Course => {
  let at = from;
  for (let i = 0; i < count; i++) at = at.see(alertAt(at.nowMs + 15_000, fires), context);
  return at;
};

test('a quiet alert passes', () => {
  const { verdict } = every(course(rule), 1, {});
  expect(verdict).toMatchObject({ kind: 'pass', reason: 'Compatible', canary: 0, stable: 0 });
  expect(verdict.message).toBe('payments: alert PaymentsFail: quiet');
});

test('for the canary it holds at first, and is a breach when it lasted', () => {
  const held = every(course(rule), 8, { canary: firing });
  expect(held.verdict).toMatchObject({ kind: 'suspect', reason: 'OutsideThreshold', canary: 1, stable: 0 });
  expect(held.verdict.message).toBe(
    'payments: alert PaymentsFail: fires for the canary, for 1m45s of 2m (since 00:00:30Z)',
  );
  const breached = every(held, 1, { canary: firing });
  expect(breached.verdict).toMatchObject({ kind: 'breach', outcome: 'rollback', reason: 'Breach' });
  expect(breached.verdict.message).toBe(
    'payments: alert PaymentsFail: fires for the canary; outside the promise about false alarms (since 00:00:30Z)',
  );
  expect(every(every(held, 1, {}), 1, { canary: firing }).verdict.kind).toBe('suspect');
});

describe('for anybody else it holds, for ever, and takes nothing back', () => {
  const early = { raisedAtMs: null };
  test.each<[string, For, Parameters<Course['see']>[1], string]>([
    ['stable', { stable: firing }, {}, 'for stable since 00:00:30Z'],
    ['stable, nobody says since when', { stable: unknown }, {}, 'for stable now'],
    ['stable rather than neither', { stable: firing, neither: unknown }, {}, 'for stable since 00:00:30Z'],
    ['neither', { neither: unknown }, {}, 'with labels of neither version now'],
    ['a canary without traffic', { canary: firing }, early, 'the canary, which has no traffic yet, since 00:00:30Z'],
  ])('%s', (_what, fires, context, because) => {
    const { state, verdict } = every(course(rule), 20, fires, context);
    expect(verdict).toMatchObject({ kind: 'suspect', outcome: 'hold', reason: 'AlertElsewhere' });
    expect(verdict.message).toBe(
      `payments: alert PaymentsFail: fires, not for a canary with traffic: nothing is taken back, and nothing goes on (${because})`,
    );
    expect(state.outside).toEqual({ forMs: 0, sinceMs: null });
  });

  test('the canary comes first where it fires for both', () => {
    const { verdict } = every(course(rule), 1, { canary: unknown, stable: firing, neither: firing });
    expect(verdict).toMatchObject({ reason: 'OutsideThreshold', canary: 1, stable: 1 });
    expect(verdict.message).toContain('(now)');
  });
});

test('a reading of another kind says what was expected', () => {
  const { verdict } = course(rule).see({ kind: 'level', atMs: 15_000, canary: 1, stable: null });
  expect(verdict).toMatchObject({ kind: 'inconclusive', reason: 'NoData' });
  expect(verdict.message).toBe('payments: alert PaymentsFail: no data (level where an alert was expected)');
});
