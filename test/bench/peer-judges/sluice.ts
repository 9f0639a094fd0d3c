/** The product's own judge on the same series: one rule of six, the shipped settings, a step of 55 minutes at 25 %. */
import { judge } from '../../../src/verdict/judge.ts';
import { type RuleState, startRuleState } from '../../../src/verdict/rule-state.ts';
import { defaultJudgeSettings, type JudgeSettings } from '../../../src/verdict/settings.ts';
import { convictedAt, type Ending, open } from '../../simulate/ending.ts';
import { atStep, errorRate, readingOf } from '../../verdict/a-rule.ts';
import { type Course, canaryWeight, courseMinutes, minutesAt, slotSeconds, slotsIn, sumOf } from './course.ts';

const pollSeconds = 15;

/** `history`: what is known of the service's dispersion; none: what the product takes for granted then. */
export const sluice =
  (history?: Pick<JudgeSettings, 'phi'>) =>
  (course: Course): Ending => {
    const known = history === undefined ? {} : ({ ...history, changePoint: 'in-time', from: 'history' } as const);
    const settings: JudgeSettings = { ...defaultJudgeSettings, rules: 6, ...known };
    const poll = slotsIn(pollSeconds);
    let state: RuleState = startRuleState(errorRate);
    let last: Ending = open;
    for (let slot = poll; slot <= course.length; slot += poll) {
      const nowMs = slot * slotSeconds * 1000;
      const context = atStep({ nowMs, weight: canaryWeight, bakeEnded: slot === course.length });
      const span = [slot - poll, slot] as const;
      const seen = { canary: sumOf(course, 'canary', span), stable: sumOf(course, 'stable', span) };
      const judged = judge(errorRate, settings, { state, reading: readingOf(nowMs, seen), context });
      state = judged.state;
      if (judged.verdict.outcome === 'rollback') return convictedAt(minutesAt(slot));
      last = judged.verdict.kind === 'pass' ? { kind: 'promoted', minutes: courseMinutes } : open;
    }
    return last;
  };
