import { describe, expect, it, test } from 'vitest';
import type { DemoFacts } from '../../src/cli/demo/demo-facts.ts';
import { demoOutcomes } from '../../src/cli/demo/demo-outcomes.ts';
import { demoReport } from '../../src/cli/demo/demo-report.ts';
import { plainPaint } from '../../src/cli/render/paint.ts';
import { broken, goodFacts, heldView, rolledBackView } from '../support/demo-facts.ts';

const { healthy, faulty, users } = goodFacts;
const outage = healthy.outage ?? expect.fail('the facts have an outage');

const promoted = 'v2 promoted through 25, 50 and 100 %';
const held = 'metrics outage held: no advance, no rollback';
const rolledBack = 'v3 rolled back by error_rate';
const uninterrupted = 'no interruption for users';
const planned = 'no weight but 0, 25, 50, 100 %';

test('what went as promised has no objection', () => {
  expect(demoOutcomes(goodFacts).map(({ promise }) => promise)).toEqual([
    promoted,
    held,
    rolledBack,
    uninterrupted,
    planned,
  ]);
  expect(broken(goodFacts)).toEqual({});
  expect(broken({ ...goodFacts, outage: 'left out', healthy: { ...healthy, outage: null } })).toEqual({});
});

describe('what did not come out is named, with where to look', () => {
  const withHealthy = (change: Partial<DemoFacts['healthy']>): DemoFacts => ({
    ...goodFacts,
    healthy: { ...healthy, ...change },
  });
  const withFaulty = (change: Partial<DemoFacts['faulty']>): DemoFacts => ({
    ...goodFacts,
    faulty: { ...faulty, ...change },
  });
  const withOutage = (change: Partial<typeof outage>): DemoFacts => withHealthy({ outage: { ...outage, ...change } });

  it.each<[string, DemoFacts, string, RegExp]>([
    ['never begun', withHealthy({ view: null, weights: [], promotedAfterMs: null }), promoted, /no release of v2/],
    ['stands still', withHealthy({ view: heldView, promotedAfterMs: null }), promoted, /baking, step 2 of 3/],
    ['a step skipped', withHealthy({ weights: [25, 100, 0] }), promoted, /the weights were 25, 100, 0/],
    ['no outage seen', withHealthy({ outage: null }), held, /no outage was long enough/],
    ['too short a one', withOutage({ paused: false }), held, /no outage was long enough/],
    ['advanced in the dark', withOutage({ weights: [50, 100] }), held, /the weight moved in the dark: 50, 100/],
    ['baked in the dark', withOutage({ bakedAfterMs: 6_500 }), held, /1\.5 s of blindness were counted/],
    ['never saw again', withOutage({ untilMs: null }), held, /never came back/],
    ['not begun', withFaulty({ view: null, weights: [] }), rolledBack, /no release of v3/],
    ['went on', withFaulty({ view: heldView }), rolledBack, /v3 was not rolled back/],
    ['a person did it', withFaulty({ view: byHand() }), rolledBack, /no rule that took it back/],
    ['weight went up again', withFaulty({ weights: [25, 0, 25, 0] }), rolledBack, /not 25, 0/],
    ['no load', { ...goodFacts, users: null }, uninterrupted, /nobody knows what users saw/],
    ['a weight of its own', withFaulty({ weights: [25, 7, 0] }), planned, /the data plane had 7/],
  ])('%s', (_name, facts, promise, words) => {
    expect(broken(facts)[promise]?.join('\n')).toMatch(words);
  });

  it('a second without an answer', () => {
    if (users === null) throw new Error('the facts have users');
    expect(broken({ ...goodFacts, users: { ...users, longestInterruptionMs: 1_000 } })).toEqual({});
    const objections = broken({ ...goodFacts, users: { ...users, longestInterruptionMs: 1_200 } })[uninterrupted];
    expect(objections?.join()).toContain('no answer for 1.2 s');
  });
});

function byHand(): typeof rolledBackView {
  const { rollback } = rolledBackView;
  if (rollback === null) throw new Error('the view has a rollback');
  return { ...rolledBackView, rollback: { ...rollback, rule: null, message: 'ann aborted it' } };
}

describe('report', () => {
  const lines = (facts: DemoFacts, width = 80): readonly string[] =>
    demoReport({ facts, outcomes: demoOutcomes(facts), width, paint: plainPaint });

  it('has both releases, their numbers, the users and the false alarms', () => {
    expect(lines(goodFacts)).toEqual([
      '== REPORT ======================================================================',
      'v2            promoted in 1m6s: canary weight 25 %, 50 %, 100 %, then stable',
      '              it failed 11 of 67.9k user requests',
      'outage        no metrics for 6.1 s: held at 50 %, went on by itself; that time',
      '              is no bake',
      '              8.03k user requests were served meanwhile',
      'v3            rolled back: canary weight 25 %, 0 %',
      '  rule        error_rate (rules/production.yaml:2): 4.9 % against 0.1 %',
      '  time        first failed request to weight 0: 3.08 s',
      '              decision to weight 0: 420 ms',
      '  users       it failed 30 of 1.09k user requests',
      'all users     44 of 103k requests failed (0.01 % in every version is this',
      "              service's normal)",
      '              longest time without an answer: 69 ms',
      'false alarms  chance that a healthy release is rolled back <= 0.1 %, over all',
      '              rules and looks',
      '== OUTCOMES ====================================================================',
      ...[promoted, held, rolledBack, uninterrupted, planned].map((promise) => `yes  ${promise}`),
    ]);
  });

  it.each([40, 60, 80, 200])('fits into %i columns', (width) => {
    const facts = { ...goodFacts, users: null, interventions: ['5 % errors in v2'], answered: ['throughput'] };
    for (const line of lines(facts, width)) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('says what did not come out, what a person did, what cut it short, and where to look', () => {
    const text = lines({
      ...goodFacts,
      healthy: { ...healthy, view: heldView, promotedAfterMs: null },
      interventions: ['5 % errors in v2'],
      answered: ['response_time_p95'],
      cutShort: 'not done after 150 s, its deadline',
    }).join('\n');
    expect(text).toContain(`NO   ${promoted}\n     - v2 was not promoted\n     - app v1.8.2 -> v1.9.0: baking, step 2`);
    expect(text).toContain('you did this: 5 % errors in v2');
    expect(text).toContain('response_time_p95 warned and asked for a person');
    expect(text).toContain('not done after 150 s');
    expect(text).toMatch(/run it again with --keep/);
  });
});
