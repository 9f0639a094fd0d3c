import { describe, expect, it } from 'vitest';
import { falseAlarm, promiseOf } from '../../src/gate/false-alarm.ts';
import { step } from '../../src/gate/step.ts';
import { aRelease, aVerdict, inPhase, phases, someFacts } from '../support/a-release.ts';
import { aRule } from '../support/a-rule.ts';

const literal = { rules: [aRule({ judge: 'point' })], hash: '', file: '' };

describe('a rollback says how sure it is', () => {
  it('by the promise, where evidence convicted', () => {
    expect(promiseOf(aRelease(), { reason: 'Breach', rule: 'error_rate' })).toBe(
      'chance that a healthy release is rolled back <= 0.1 %, over all rules and looks',
    );
  });

  it.each([
    ['gross failure', aRelease(), 'GrossFailure', /gross failure, which lies outside the promise/],
    ['a literal rule', aRelease({ rules: literal }), 'Breach', /compares literally, which lies outside the promise/],
    ['nobody', aRelease(), 'InvestigationUnanswered', /nobody answered, which lies outside the promise/],
  ])('or that the promise does not speak of it: %s', (_what, release, reason, says) => {
    expect(promiseOf(release, { reason, rule: 'error_rate' })).toMatch(says);
  });

  it('and nothing where no rule decided', () => {
    expect(promiseOf(aRelease(), { reason: 'Aborted', rule: null })).toBeNull();
  });

  it('in its line of the log, which is what notifications tell', () => {
    const facts = someFacts(inPhase(phases.baking), { verdicts: [aVerdict({ kind: 'breach' })] });
    const { log } = step(facts, { kind: 'rollback', reason: 'Breach', message: 'error_rate 5 %.', rule: 'error_rate' });
    expect(log.at(-1)?.message).toBe(
      'error_rate 5 % (chance that a healthy release is rolled back <= 0.1 %, over all rules and looks).',
    );
  });
});

describe('the promise of a release', () => {
  const rulesOf = (...rules: readonly ReturnType<typeof aRule>[]) => aRelease({ rules: { rules, hash: '', file: '' } });

  it('names the critical rules that it does not speak of, and no others', () => {
    const release = rulesOf(
      aRule({ name: 'counted' }),
      aRule({ name: 'literal', judge: 'point' }),
      aRule({ name: 'another', judge: 'point' }),
      aRule({ name: 'warned', judge: 'point', alert: 'warning' }),
      aRule({ name: 'tried', judge: 'point', dryRun: true }),
    );
    expect(falseAlarm(release, null)).toEqual({
      probability: 0.001,
      sentence:
        'chance that a healthy release is rolled back <= 0.1 %, over all rules and looks; not promised for literal, another',
      outside: null,
      called: null,
    });
  });

  it('speaks of the rule that decided, not of the first', () => {
    const release = rulesOf(aRule({ name: 'literal', judge: 'point' }), aRule({ name: 'counted' }));
    expect(falseAlarm(release, { reason: 'Breach', rule: 'counted' }).outside).toBeNull();
    expect(falseAlarm(release, { reason: 'Breach', rule: 'literal' }).outside).toMatch(/compares literally/);
  });
});
