import { describe, expect, it, test } from 'vitest';
import { defaultPlan } from '../../../src/release/plan.ts';
import type { Rule } from '../../../src/rules/rule.ts';
import { forecast, unjudgeableIn } from '../../../src/tuning/plan/forecast.ts';
import { literalChance } from '../../../src/tuning/plan/literal-chance.ts';
import { passChance } from '../../../src/tuning/plan/pass-chance.ts';
import { fixLines, headOf, rowOf, warningLine } from '../../../src/tuning/plan/plan-words.ts';
import { planStep } from '../../../src/verdict/planning.ts';
import { convictedBy } from '../../simulate/ending.ts';
import { absolute, rollout } from '../../simulate/one-rule.ts';
import { poisson, seeded, seedOf } from '../../simulate/random.ts';
import { cpu, errorRate, minute, settings, throughput } from '../../verdict/a-rule.ts';

const planned = (perSecond: number, stableRatio: number, rule: Rule = errorRate) => {
  const rules = { rules: [rule], hash: '', file: '' };
  const traffic = { perSecond, stableRatio };
  const [each] = forecast({ rules, plan: defaultPlan, judge: settings, dispersion: {}, trafficOf: () => traffic });
  if (each?.kind !== 'planned') throw new Error('not planned');
  return each;
};

describe('at 10 requests a second', () => {
  const each = planned(10, 0.0005);
  it('nothing can convict twice the limit or prove health in the bakes, and it is said', () => {
    expect(warningLine(each)).toBe('nothing can convict 2x the limit or prove health in any of these bakes');
    expect(rowOf(each.steps[0]!, 120 * minute)).toMatchObject({
      step: '25 % 10m',
      requests: '1.5k',
      healthyPasses: 'not in bake, needs 20m',
    });
  });

  it('each thing that is said to help does', () => {
    const [first] = each.steps;
    const step = { weight: 25, bakeMs: 10 * minute, eventsBefore: 0 };
    const { bakeMs, weight, threshold } = first!.remedies!;
    const judged = (rule: Rule, change: object) =>
      planStep(rule, settings, { step: { ...step, ...change }, traffic: each.traffic })?.judgeability;
    expect([first!.outlook.judgeability, judged(errorRate, {})]).not.toContain('judgeable');
    expect(judged(errorRate, { bakeMs })).toBe('judgeable');
    expect(judged(errorRate, { weight })).toBe('judgeable');
    const wide: Rule = {
      ...errorRate,
      threshold: { kind: 'ratio-above', ratio: threshold! },
      minEvents: Math.ceil(3 / threshold!),
    };
    expect(judged(wide, {})).toBe('judgeable');
    expect(fixLines(each)[0]).toMatch(/^at 25 %: any of bake .*m, weight .* %, threshold .* %/);
  });
});

test('a rule of one route is named as everywhere, its route once', () => {
  const name = 'error_rate[/checkout]';
  expect(headOf(planned(10, 0.0005, { ...errorRate, name, route: '/checkout' }))).toBe(
    'error_rate[/checkout] (critical, limit 0.1%): 10 requests/s, 0.05 % failing',
  );
});

test('without traffic nothing can be judged, and only checks help', () => {
  const each = planned(0, 0);
  expect(unjudgeableIn([each])).toHaveLength(3);
  expect(rowOf(each.steps[0]!, 120 * minute)).toMatchObject({
    healthyPasses: 'no: needs traffic',
    convicts: ['no', 'no', 'no'],
  });
  expect(fixLines(each)[0]).toBe('at 25 %: whenUnjudgeable: checks');
});

test('levels, shares and absent series are not planned, and say why', () => {
  const rules = { rules: [cpu, throughput, errorRate], hash: '', file: '' };
  const all = forecast({ rules, plan: defaultPlan, judge: settings, dispersion: {}, trafficOf: () => null });
  expect(all.map((each) => each.kind === 'unplanned' && each.why)).toEqual([
    'a level: compared with its limit, traffic does not matter',
    'a share of the traffic: compared with stable while it is split',
    'no traffic seen: its series are absent from the history',
  ]);
});

test('the literal rule takes a healthy service back as often as the simulator finds', () => {
  const steps = [{ weight: 25, bakeMs: 55 * minute }];
  const rule = { p0: 0.001, windowMs: 5 * minute, steps };
  expect(literalChance({ ...rule, traffic: { perSecond: 100, stableRatio: 0.0005 } })).toBeCloseTo(0.81, 1);
  expect(literalChance({ ...rule, traffic: { perSecond: 10, stableRatio: 0.0005 } })).toBeGreaterThan(0.96);
  expect(literalChance({ ...rule, traffic: { perSecond: 10, stableRatio: 0 } })).toBe(0);
});

test.each([
  [3_000, 0.0005],
  [3_000, 0.0009],
  [40_000, 0.0009],
])('a healthy canary with %i events at %f passes as often, and as late, as the simulator finds', (events, ratio) => {
  const looks = { events, firstMs: 10 * minute, ratio, p0: 0.001, untilMs: 80 * minute };
  const random = seeded(seedOf('looks', 1, events));
  const runs = 4_000;
  let [first, ever] = [0, 0];
  for (let run = 0; run < runs; run++) {
    let [bad, sample, added] = [0, 0, events];
    for (let look = 0; look < 4; look++) {
      bad += poisson(random, added * ratio);
      sample += added;
      added = sample;
      if (bad > 0.001 * sample) continue;
      ever += 1;
      if (look === 0) first += 1;
      break;
    }
  }
  const found = passChance(looks);
  expect(Math.abs(found.first - first / runs)).toBeLessThan(0.03);
  expect(Math.abs(found.ever - ever / runs)).toBeLessThan(0.03);
});

test('the time to convict is within about 10 % of the simulated median of the absolute test', () => {
  const judge = { ...settings, alpha: 0.01, rules: 1 };
  const step = { weight: 25, bakeMs: 55 * minute, eventsBefore: 0 };
  const given = { step, traffic: { perSecond: 100, stableRatio: 0.0005 } };
  const computed = planStep({ ...errorRate, compare: 'absolute' }, judge, given)!.msToConvict[2] / minute;
  const found = Array.from({ length: 300 }, (_, run) =>
    rollout(seeded(seedOf('plan', 1, run)), { tests: [absolute(0.001)], total: 100, canary: 0.002, stable: 0.001 }),
  );
  const median = convictedBy(found, 0.5);
  expect(Math.abs(computed / median - 1)).toBeLessThan(0.15);
});
