/** A rule with nothing unusual about it, changed by what a test is about. */
import type { Rule } from '../../src/rules/rule.ts';

/** The shipped error rate's limits; what it counts is for the test to say. */
export const aRule = (given: Partial<Rule> = {}): Rule => ({
  name: 'error_rate',
  route: null,
  alert: 'critical',
  thresholdText: '0.1%',
  threshold: { kind: 'ratio-above', ratio: 0.001 },
  windowMs: 300_000,
  sli: { kind: 'volume', total: { metric: 'requests_total', matchers: [] } },
  judge: 'sequential',
  burnRate: [],
  compare: 'both',
  ratio: 1.25,
  minEvents: 3_000,
  advanceOn: 'compatible',
  warmUpMs: 0,
  forMs: 0,
  missing: 'hold',
  steps: [],
  dryRun: false,
  description: '',
  runbook: '',
  owner: '',
  at: { file: 'rules/production.yaml', line: 1 },
  ...given,
});
