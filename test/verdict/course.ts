/** Drives the judge over many ticks: a course of readings, with the context that a test wants at each. */
import type { Reading } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import type { JudgeContext } from '../../src/verdict/context.ts';
import { judge } from '../../src/verdict/judge.ts';
import { type RuleState, startRuleState } from '../../src/verdict/rule-state.ts';
import type { JudgeSettings } from '../../src/verdict/settings.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';
import { type Arms, atStep, readingOf, settings as usual } from './a-rule.ts';

const tickMs = 15_000;

export interface Course {
  readonly state: RuleState;
  readonly verdict: Verdict;
  readonly nowMs: number;
  /** The same counts on each of so many ticks. */
  readonly ticks: (count: number, arms: Arms, context?: Partial<JudgeContext>) => Course;
  readonly see: (reading: Reading, context?: Partial<JudgeContext>) => Course;
}

/** A release whose first step began at time 0, nothing read yet. */
export const course = (rule: Rule, change: Partial<JudgeSettings> = {}): Course => {
  const settings = { ...usual, ...change };
  const after = (state: RuleState, verdict: Verdict | null, nowMs: number): Course => ({
    state,
    nowMs,
    get verdict() {
      if (verdict === null) throw new Error('nothing was judged yet');
      return verdict;
    },
    ticks: (count, arms, context) => {
      let at = after(state, verdict, nowMs);
      for (let i = 0; i < count; i++) at = at.see(readingOf(at.nowMs + tickMs, arms), context);
      return at;
    },
    see: (reading, context) => {
      const judged = judge(rule, settings, { state, reading, context: atStep({ nowMs: reading.atMs, ...context }) });
      return after(judged.state, judged.verdict, reading.atMs);
    },
  });
  return after(startRuleState(rule), null, 0);
};
