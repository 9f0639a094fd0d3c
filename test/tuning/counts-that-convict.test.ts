/** The counts that explain tells are those at which the judge decides. */
import { describe, expect, test } from 'vitest';
import { countRows, eventsToProve } from '../../src/tuning/explain/counts-that-convict.ts';
import { judge, startRuleState } from '../../src/verdict/judge.ts';
import { defaultJudgeSettings, type JudgeSettings } from '../../src/verdict/settings.ts';
import { aRule } from '../support/a-rule.ts';
import { atStep } from '../verdict/a-rule.ts';

const settings: JudgeSettings = { ...defaultJudgeSettings, from: 'stated', rules: 6 };

/** One reading, the first of all, of the canary alone. */
const verdictOf = (given: JudgeSettings, events: number, bad: number) => {
  const rule = aRule({ compare: 'absolute' });
  const context = atStep({ nowMs: 61_000 });
  const canary = { events, bad };
  const stable = { events: 3 * events, bad: 0 };
  const reading = {
    kind: 'counts',
    atMs: 60_000,
    fresh: { canary, stable },
    aligned: { fromMs: 0, toMs: 60_000, canary, stable },
  } as const;
  return judge(rule, given, { state: startRuleState(rule), reading, context }).verdict;
};

describe('the counts that explain tells', () => {
  test.each([1, 3, 20])('with dispersion %d', (phi) => {
    const given = { ...settings, phi };
    const rows = countRows(aRule({ compare: 'absolute' }), given);
    expect(rows).toHaveLength(3);
    for (const { events, suspect, convict } of rows) {
      if (suspect === null || convict === null) throw new Error('none');
      expect(verdictOf(given, events, convict).reason).toBe('Breach');
      expect(verdictOf(given, events, convict - 1).reason).not.toBe('Breach');
      expect(verdictOf(given, events, suspect).kind).toBe('suspect');
      expect(verdictOf(given, events, suspect - 1).reason).not.toBe('EvidenceRising');
    }
  });

  test('so many requests without an error prove', () => {
    const proof = eventsToProve(aRule({ compare: 'absolute' }), settings) ?? 0;
    expect(verdictOf(settings, proof + 1, 0).reason).toBe('Proven');
    expect(verdictOf(settings, Math.floor(proof * 0.99), 0).reason).not.toBe('Proven');
  });
});
