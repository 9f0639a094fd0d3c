/** Wrong expectations fail with the exact difference, its time and its line. */
import { expect, test } from 'vitest';
import { checkRun, mismatchText } from '../../src/tuning/check-run.ts';
import { runScenario } from '../../src/tuning/run-scenario.ts';
import { oneScenario } from './scenarios-of.ts';

const healthy = 'traffic: { rate: 100/s, both: { errors: 0.1% } }';
const bad = 'traffic: { rate: 100/s, stable: { errors: 0.1% }, canary: { errors: 8% } }';

const differences = async (words: string): Promise<readonly string[]> => {
  const scenario = await oneScenario(words);
  return checkRun(scenario, runScenario(scenario)).map(
    (each) => `${each.at.line}:${each.at.col} ${mismatchText(each)}`,
  );
};

const rows: readonly (readonly [string, string, string])[] = [
  [
    healthy,
    'expect: [{ at: 5m15s, decision: hold, reason: EvidenceRising }]',
    '8:14 5m15s want hold (EvidenceRising) got advance (StepPassed)',
  ],
  [healthy, 'expect: [{ at: 1m, weight: 25 }]', '8:14 1m want weight 25 got 50'],
  [healthy, 'expect: [{ at: 0s, phase: baking }]', '8:14 0s want phase baking got shifting'],
  [
    healthy,
    'expect: [{ at: 1m, verdicts: { error_rate: suspect } }]',
    '8:14 1m want error_rate suspect got pass (Proven)',
  ],
  [
    healthy,
    'expect: [{ at: 1m, verdicts: { error_rate: { verdict: inconclusive, reason: NoData } } }]',
    '8:14 1m want error_rate inconclusive (NoData) got pass (Proven)',
  ],
  [
    healthy,
    'expect: [{ from: 1m, to: 8m, decision: hold }]',
    '8:14 5m15s want hold from 1m to 8m got advance (StepPassed)',
  ],
  [
    healthy,
    'expect: [{ by: 5m, decision: advance, weight: 100 }]\noutcome: promoted',
    '8:14 by 5m want advance got hold (StillBaking), and that only at 5m15s|8:14 by 5m want weight 100 got 50, and that only at 5m15s',
  ],
  [
    bad,
    'outcome: { is: promoted, by: 20m }',
    '8:14 end (30s) want promoted by 20m got rolledBack (Breach, error_rate) at 15s',
  ],
  [
    bad,
    'outcome: { is: rolledBack, reason: CanaryLost }',
    '8:14 end (30s) want rolledBack (CanaryLost) got rolledBack (Breach, error_rate) at 15s',
  ],
  [bad, 'expect: [{ at: 10m, decision: hold }]', '8:14 10m want hold got nothing, it is rolledBack'],
];

test.each(rows)('%s, %s', async (metrics, words, found) => {
  expect((await differences(`${metrics}\n${words}`)).join('|')).toBe(found);
});

test('the same words that are right say nothing', async () => {
  expect(await differences(`${bad}\nexpect: [{ by: 1m, decision: rollback, rule: error_rate, weight: 0 }]`)).toEqual(
    [],
  );
});
