import { describe, expect, it } from 'vitest';
import { callFalseAlarm, callsFalseAlarm } from '../../src/release/false-alarm-call.ts';
import { value } from '../contract/store.ts';
import { inPhase, phases } from '../support/a-release.ts';

const call = { who: 'ada', reason: 'false-alarm: load test', atMs: 5 };

describe('a reason', () => {
  it.each([
    ['false-alarm', true],
    [' False-Alarm: the load test hit it', true],
    ['false-alarms are bad', false],
    ['no false-alarm', false],
    ['', false],
  ])('"%s" calls a false alarm: %s', (reason, does) => expect(callsFalseAlarm(reason)).toBe(does));
});

describe('a false alarm', () => {
  it('is recorded on the release that was taken back, with who said so, and once', () => {
    const { release, log } = value(callFalseAlarm(inPhase(phases.rolledBack), call));
    expect(release.calledFalseAlarm).toEqual(call);
    expect(log).toMatchObject([{ kind: 'action', reason: 'FalseAlarm', data: { who: 'ada', rule: 'error_rate' } }]);
    expect(value(callFalseAlarm(release, { ...call, who: 'bob' }))).toEqual({ release, log: [] });
  });

  it.each([
    [
      'one that no rule took back',
      inPhase({ ...phases.rolledBack, cause: { ...phases.rolledBack.cause, reason: 'Aborted', rule: null } }),
    ],
    ['one that runs', inPhase(phases.baking)],
    ['one that failed before it had traffic', inPhase(phases.failed)],
  ])('is not said of %s', (_what, release) => {
    expect(callFalseAlarm(release, call)).toMatchObject({ ok: false, error: { reason: 'NotAFalseAlarm' } });
  });
});
