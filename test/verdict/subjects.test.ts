/** How a sentence begins, and how it tells what was seen, for each kind of rule. */
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule.ts';
import { noEvidence } from '../../src/verdict/mixture.ts';
import { startRuleState } from '../../src/verdict/rule-state.ts';
import { addToWindow, emptyWindow } from '../../src/verdict/window.ts';
import { counts, cpu, errorRate, minute, p95, throughput } from './a-rule.ts';
import { noon40, say, type Told } from './say.ts';

const alert: Rule = {
  ...cpu,
  name: 'payments',
  sli: { kind: 'alert', alertname: 'PaymentsFail', labels: {} },
};
const seconds: Rule = { ...cpu, name: 'lag', thresholdText: '2s', threshold: { kind: 'seconds-above', seconds: 2 } };
const past: Rule = {
  ...throughput,
  judge: 'point',
  sli: { kind: 'volume', total: { metric: 'requests_total', matchers: [] }, agoMs: 7 * 24 * 60 * minute },
};
const burning: Rule = {
  ...errorRate,
  judge: 'point',
  burnRate: [{ longMs: 60 * minute, shortMs: 5 * minute, rate: 10 }],
};
const point: Rule = { ...errorRate, judge: 'point', forMs: 2 * minute };
const outside = { outside: { forMs: minute, sinceMs: noon40 - minute } };
const inStep = () => {
  const { step } = startRuleState(throughput);
  return { step: { ...step, counts: { ...step.counts, canary: counts(1_234) } } };
};
const burned = (agoMs: number) => () => ({
  burn: [60 * minute, 5 * minute].map((lengthMs) =>
    addToWindow(emptyWindow(lengthMs), { atMs: noon40 - agoMs, canary: counts(10_000, 172), stable: counts(0) }),
  ),
});

describe('the subject', () => {
  test.each<[string, Told, string]>([
    ['an alert', { rule: alert }, 'payments: alert PaymentsFail'],
    ['a level', { rule: cpu, shown: { canary: 0.9, stable: 0.5 } }, 'cpu_usage 90 %, limit 80%, stable 50 %'],
    [
      'a level that stable has none of',
      { rule: cpu, shown: { canary: 0.9, stable: null } },
      'cpu_usage 90 %, limit 80%',
    ],
    [
      'a level in seconds',
      { rule: seconds, shown: { canary: 2.5, stable: 0.25 } },
      'lag 2.5 s, limit 2s, stable 250 ms',
    ],
    ['no number', { shown: { canary: null } }, 'error_rate, limit 0.1%, stable 0.04 %'],
    ['no number at all', { shown: { canary: null, stable: null } }, 'error_rate, limit 0.1%'],
    ['a budget', { rule: burning }, 'error_rate 0.5 % over 5m, budget 0.1%, stable 0.04 %'],
    [
      'a share',
      { rule: throughput, shown: { canary: 0.2, stable: 0.8, limit: 0.231 } },
      'throughput: the canary gets 20 % of the requests over 10m, at least 23.1 % is due',
    ],
    ['a share without a number', { rule: throughput, shown: { canary: null } }, 'throughput, limit -10% from baseline'],
    [
      'another day',
      { rule: past, shown: { canary: 0.8, stable: null, limit: 0.9 } },
      'throughput: 80 % of the requests of 7 days ago over 10m, at least 90 % is due',
    ],
    [
      'response times',
      { rule: p95, shown: { canary: 0.06, stable: 0.04, limit: 0.05 } },
      'response_time_p95: 6 % of requests slower than 500ms over 5m, at most 5 % may be, stable 4 %',
    ],
  ])('%s', (_what, told, subject) => expect(say('NoData', told)).toBe(`${subject}: no data`));
});

/** What follows the subject. */
const said = (reason: Parameters<typeof say>[0], told: Told): string =>
  say(reason, told).slice(say('NoData', told).length - 'no data'.length);

describe('what was seen', () => {
  test.each<[string, Parameters<typeof say>[0], Told, string]>([
    ['an alert', 'Breach', { rule: alert }, 'fires for the canary; outside the promise about false alarms'],
    ['an alert', 'Compatible', { rule: alert }, 'quiet'],
    ['an alert', 'OutsideThreshold', { rule: alert, state: outside }, 'fires for the canary, for 1m of 5m'],
    [
      'a level',
      'Breach',
      { rule: { ...cpu, forMs: minute }, state: outside },
      'outside since 12:39:08Z, as long as the 1m that make it a breach',
    ],
    ['a level', 'Breach', { rule: { ...cpu, forMs: 0 }, state: outside }, 'outside since 12:39:08Z'],
    ['a level', 'OutsideThreshold', { rule: cpu, state: outside }, 'outside since 12:39:08Z, for 1m of 5m'],
    ['a level', 'Compatible', { rule: cpu }, 'inside'],
    ['counts by the number', 'Compatible', { rule: point }, 'inside'],
    [
      'counts by the number',
      'OutsideThreshold',
      { rule: point, state: outside },
      'outside since 12:39:08Z, for 1m of 2m',
    ],
    [
      'counts by the number',
      'Breach',
      { rule: point, state: outside },
      'outside at 12:40:08Z: outside since 12:39:08Z; compared literally, outside the promise about false alarms',
    ],
    [
      'a budget',
      'Compatible',
      { rule: burning, state: burned(59 * minute) },
      'inside: burns 17.2x the budget over 1h and 0x over 5m, limit 10x',
    ],
    [
      'a budget',
      'StableSuffersToo',
      { rule: burning, state: burned(minute) },
      'outside, but stable is, too: not the fault of the canary; it burns 17.2x the budget over 1h (cut to the release: 1m) and 17.2x over 5m (cut to the release: 1m), limit 10x',
    ],
    [
      'a share',
      'Breach',
      { rule: throughput, state: inStep },
      'outside beyond doubt at 12:40:08Z: 1,234 canary requests in this step',
    ],
    [
      'response times',
      'Breach',
      { rule: p95 },
      'outside beyond doubt at 12:40:08Z: 62 requests slower than 500ms in 12,400 canary requests since the release began',
    ],
    [
      'response times, and how many more',
      'Proven',
      { rule: p95, shown: { errorsToConvict: 4 } },
      'proven inside for this step; 4 more requests slower than 500ms now would open an investigation',
    ],
    [
      'what is no error',
      'Proven',
      { rule: throughput, shown: { errorsToConvict: 4 } },
      'proven inside for this step; 4 more events now would open an investigation',
    ],
  ])('of %s: %s', (_what, reason, told, expected) => expect(said(reason, told)).toBe(expected));

  const slower = (threshold: Partial<Rule>): Told => ({
    rule: { ...p95, ...threshold },
    state: {
      comparedAt: [0.1, 0.5],
      relative: { ...noEvidence, lnA: [0, 0, 0, 0, 5, 5, 5, 5] },
    },
  });

  test('of response times compared at several bounds, the clearest is named', () => {
    expect(say('WorseWithinLimit', slower({}))).toBe(
      'response_time_p95: 0.5 % of requests slower than 500ms over 5m, at most 0.1 % may be, stable 0.04 %: not proven to be outside the limit; recorded: more than 1.25 times as many slow requests as stable, most clearly of those above 500 ms',
    );
    expect(say('Breach', slower({ compare: 'stable' }))).toContain(
      ': beyond doubt at 12:40:08Z more than 1.25 times as many slow requests as stable, most clearly of those above 500 ms: 62 requests',
    );
    expect(say('Breach', slower({}))).toContain(': outside beyond doubt at 12:40:08Z: 62 requests');
    expect(say('Breach', { rule: { ...p95, compare: 'stable' } })).toContain(
      ': outside beyond doubt at 12:40:08Z: 62 ',
    );
  });
});

describe('versions that cannot be compared', () => {
  const alone = '; held against the limit alone: with session affinity or long streams the versions cannot be compared';
  const sticky = { judge: { sticky: true } };

  test.each<[string, Told, string]>([
    ['affinity', sticky, alone],
    ['none', {}, ''],
    ['affinity, all traffic on the canary', { ...sticky, context: { split: false } }, ''],
    ['affinity, and the limit alone is asked for', { ...sticky, rule: { ...errorRate, compare: 'absolute' } }, ''],
    ['affinity, of a level', { ...sticky, rule: cpu }, ''],
  ])('are told of: %s', (_what, told, end) => {
    expect(say('NoData', told).endsWith(`: no data${end}`)).toBe(true);
  });
});
