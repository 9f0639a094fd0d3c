import { describe, expect, it } from 'vitest';
import type { Release } from '../../src/release/release.ts';
import { explain } from '../../src/report/explain.ts';
import { releaseView } from '../../src/report/release-view.ts';
import { bakingRelease, errorRate, passing, rolledBackRelease, samplePolicy } from '../support/sample-release.ts';

const explained = (release: Release, frozen: readonly string[] = []) => {
  const policy = { ...samplePolicy, frozen };
  return explain(releaseView({ release, policy, log: [], instances: null, nowMs: release.updatedAtMs }));
};

describe('explain', () => {
  it('says of a release that goes well what happens next, when, and how sure the judge is', () => {
    const told = explained(bakingRelease());
    expect(told.where).toBe('app v1.8.2 -> v1.9.0: baking, step 2 of 3 (50 %), for 20m');
    expect(told.why).toEqual(['nothing objects: 2 of 2 rules pass']);
    expect(told.next).toMatch(/^100 % in 07:42 if nothing objects \(at .*\); chance that a healthy release/);
    expect(told.todo).toEqual(['sluice watch app-3f2a']);
  });

  it('names the rule, its line and what it says when it stands in the way', () => {
    const suspect = passing(errorRate, { kind: 'suspect', message: 'error_rate 0.4 % is above 0.1 %' });
    expect(explained(bakingRelease({ verdicts: [suspect] })).why).toEqual([
      'error_rate (critical, rules/production.yaml:2): error_rate 0.4 % is above 0.1 %',
    ]);
  });

  it('ends in commands that can be typed', () => {
    const waiting = { reason: 'LimitReached', message: 'It is under way for 2h.', rule: null, atMs: 0, data: {} };
    expect(explained(bakingRelease({ waiting })).todo).toEqual([
      'sluice promote app-3f2a --reason TEXT',
      'sluice abort app-3f2a --reason TEXT',
    ]);
  });

  it('tells a rollback in one sentence, and how a frozen revision is tried again', () => {
    const told = explained(rolledBackRelease(), ['v1.9.0']);
    expect(told.why).toEqual([
      'rules/production.yaml:2 error_rate is 4.9 % for the canary, the limit is 0.1 %; weight 0 after 420 ms; chance that a healthy release is rolled back <= 0.1 %, over all rules and looks',
    ]);
    expect(told.next).toContain('not tried again until someone says so');
    expect(told.todo[0]).toBe('sluice retry app-3f2a --reason TEXT');
  });
});
