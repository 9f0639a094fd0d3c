/** Which tests a rule uses at a moment, whose evidence leads, and by which dispersion it is judged. */
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule.ts';
import { measureOf } from '../../src/verdict/measured-as.ts';
import { relativeTick } from '../../src/verdict/relative.ts';
import { statedDispersion, withDispersion } from '../../src/verdict/settings.ts';
import { appliesHere, isSticky, leadEvidence } from '../../src/verdict/which-tests.ts';
import { counts, cpu, errorRate, settings, throughput } from './a-rule.ts';
import { aCase, type Told } from './say.ts';

const relatively: Rule = { ...errorRate, compare: 'stable' };
/** As a rule may say it: a share, though it compares with both. */
const share: Rule = { ...throughput, compare: 'both' };
const alert: Rule = { ...cpu, compare: 'stable', sli: { kind: 'alert', alertname: 'PaymentsFail', labels: {} } };
const alone = { split: false, weight: 100 };

describe('a rule applies', () => {
  test.each<[string, Told, boolean]>([
    ['by its limit, to one version alone', { context: alone }, true],
    ['by stable, to two', { rule: relatively }, true],
    ['by stable, not to one', { rule: relatively, context: alone }, false],
    ['as a share, not to one', { rule: share, context: alone }, false],
    ['a level, always', { rule: { ...cpu, compare: 'stable' }, context: alone }, true],
    ['an alert, always', { rule: alert, context: alone }, true],
    ['at its steps', { rule: { ...errorRate, steps: [25, 50] } }, true],
    ['not at others', { rule: { ...errorRate, steps: [50] } }, false],
    [
      'not outside the steps, whatever the weight is',
      { rule: { ...errorRate, steps: [25] }, context: { step: null } },
      false,
    ],
  ])('%s', (_what, told, applies) => {
    const given = aCase(told);
    expect(appliesHere(given, measureOf(given.rule))).toBe(applies);
  });
});

test('the evidence that leads is that of the limit, of stable where there is none', () => {
  const of = (rule: Rule) => {
    const given = aCase({ rule });
    return leadEvidence(given, measureOf(rule)) === given.state.absolute ? 'absolute' : 'relative';
  };
  expect([errorRate, relatively, share].map(of)).toEqual(['absolute', 'relative', 'relative']);
});

test('long streams stay with their version, and so do users with affinity', () => {
  const streams = { ...errorRate, sli: { ...errorRate.sli, streams: true } as Rule['sli'] };
  expect(isSticky(streams, settings)).toBe(true);
  expect(isSticky(errorRate, settings)).toBe(false);
  expect(isSticky(errorRate, { ...settings, sticky: true })).toBe(true);
  expect(isSticky({ ...cpu, sli: { ...cpu.sli, streams: true } as Rule['sli'] }, settings)).toBe(false);
});

test('a rule with a dispersion of its own is judged by that', () => {
  expect(statedDispersion(4)).toEqual({ phi: 4, changePoint: 'in-time', from: 'stated' });
  const own = { phi: 4, changePoint: 'first-tick', from: 'history' } as const;
  expect(withDispersion(settings, own)).toEqual({ ...settings, ...own });
  expect(withDispersion(settings, undefined)).toBe(settings);
});

test('as many bad ones in both arms are not none', () => {
  const { gains } = relativeTick({ ratio: 1, phi: 1, ratios: [2] }, counts(10, 1), counts(30, 1));
  expect(gains[0]).toBeCloseTo(Math.log(2) - 2 * Math.log(1.25), 12);
});
