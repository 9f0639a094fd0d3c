/** The numbers and words of a verdict, for whoever reads, keeps or sends it. */
import { describe, expect, it } from 'vitest';
import type { LevelReading, VolumeReading } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { finding } from '../../src/verdict/case.ts';
import { judge, startRuleState } from '../../src/verdict/judge.ts';
import { measureOf } from '../../src/verdict/measured-as.ts';
import { type Told as Telling, verdictOf } from '../../src/verdict/verdict-of.ts';
import { atStep, counts, cpu, errorRate, minute, readingOf, settings, throughput } from './a-rule.ts';
import { aCase, noon40, type Told } from './say.ts';

const found = finding.suspect('OutsideThreshold');

const verdict = (told: Told = {}, more: Partial<Telling> = {}) => {
  const given = aCase(told);
  return verdictOf(given, { measure: measureOf(given.rule), found, ...more });
};

describe('a verdict', () => {
  it('has what the canary and stable showed in the window, and what the canary had since it began and in the step', () => {
    expect(verdict()).toMatchObject({
      ...{ rule: 'error_rate', alert: 'critical', kind: 'suspect', outcome: 'hold', reason: 'OutsideThreshold' },
      ...{ canary: 30 / 6_000, stable: 7 / 18_000, limit: 0.001, events: 12_400, stepEvents: 4_020 },
      ...{ lnAbsolute: 0, lnRelative: 0, lnHealth: 0, lnConvict: Math.log(6_000), advisory: false },
    });
  });

  it('shows nothing of stable where it has no traffic, and nothing at all where the rule does not apply', () => {
    expect(verdict({ context: { split: false, weight: 100 } })).toMatchObject({ canary: 0.005, stable: null });
    expect(verdict({}, { found: finding.pass('NotApplicable') })).toMatchObject({ canary: null, stable: null });
  });

  it('shows levels as they were read', () => {
    const level: LevelReading = { kind: 'level', atMs: noon40, canary: 0.9, stable: 0.4 };
    expect(verdict({ rule: cpu }, { level })).toMatchObject({ canary: 0.9, stable: 0.4, limit: 0.8 });
    expect(verdict({ rule: cpu }, { level: { ...level, stable: null } })).toMatchObject({ stable: null });
  });

  it('shows requests against those of then, where there were any', () => {
    const past: Rule = { ...throughput, sli: { ...throughput.sli, agoMs: 86_400_000 } as Rule['sli'] };
    const volume = (now: number, then: number | null): VolumeReading => ({ kind: 'volume', atMs: noon40, now, then });
    expect(verdict({ rule: past }, { volume: volume(800, 1_000) })).toMatchObject({ canary: 0.8, stable: null });
    expect(verdict({ rule: past }, { volume: volume(800, 0) })).toMatchObject({ canary: null, stable: null });
    expect(verdict({ rule: past }, { volume: volume(800, null) }).canary).toBeNull();
    expect(verdict({ rule: past }).canary).toBeNull();
  });

  it('moves nothing where the rule is only tried, or only informs', () => {
    expect(verdict({ rule: { ...errorRate, dryRun: true } }).advisory).toBe(true);
    expect(verdict({ rule: { ...errorRate, alert: 'info' } }).advisory).toBe(true);
    expect(verdict({ rule: { ...errorRate, alert: 'warning' } }).advisory).toBe(false);
  });

  it('says why there is no number, after what it has to say', () => {
    const plain = verdict().message;
    expect(verdict({}, { because: 'the source is down' }).message).toBe(`${plain} (the source is down)`);
  });
});

describe('kept or sent', () => {
  it('a verdict says all that it says when it is read', () => {
    const reading = readingOf(15_000, { canary: counts(1_000, 2), stable: counts(3_000, 1) });
    const state = startRuleState(errorRate);
    const { verdict: read } = judge(errorRate, settings, { state, reading, context: atStep({ nowMs: 15_000 }) });
    const { message, errorsToConvict } = read;
    expect(errorsToConvict).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(read))).toMatchObject({ message, errorsToConvict, canary: 0.002 });
  });

  it('a breach is plain data from the start, as the case stood then, and nothing more is needed to convict', () => {
    const breach = verdict(
      { context: { nowMs: noon40, weightSinceMs: noon40 - minute } },
      { found: finding.breach('Breach') },
    );
    expect(structuredClone(breach)).toEqual(breach);
    expect({ ...breach }).toMatchObject({ kind: 'breach', outcome: 'rollback', errorsToConvict: null });
    expect({ ...breach }.message).toContain('error_rate');
  });
});
