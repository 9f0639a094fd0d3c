/** The sentence of a verdict, in a case that a test makes as it wants it: 12:40:08Z, in the tenth minute of a step at 25 %. */
import type { Rule } from '../../src/rules/rule.ts';
import type { Case } from '../../src/verdict/case.ts';
import { measureOf } from '../../src/verdict/measured-as.ts';
import { messageOf, type Shown } from '../../src/verdict/message.ts';
import { noEvidence } from '../../src/verdict/mixture.ts';
import { type RuleState, startRuleState } from '../../src/verdict/rule-state.ts';
import type { JudgeSettings } from '../../src/verdict/settings.ts';
import type { VerdictReason } from '../../src/verdict/verdict.ts';
import { addToWindow, emptyWindow } from '../../src/verdict/window.ts';
import { atStep, counts, errorRate, minute, settings } from './a-rule.ts';

export const noon40 = Date.UTC(2030, 0, 1, 12, 40, 8);

export interface Told {
  readonly rule?: Rule;
  readonly judge?: Partial<JudgeSettings>;
  readonly context?: Parameters<typeof atStep>[0];
  /** A function where it takes the judge to make it: tests are told apart by what they run, not by what is run to list them. */
  readonly state?: Partial<RuleState> | (() => Partial<RuleState>);
  readonly shown?: Partial<Shown>;
}

/** 62 errors in 12,400 requests, 4,020 of them in this step; the last five minutes at 0.5 %, stable's at 0.04 %. */
export const aCase = ({ rule = errorRate, judge, context, state }: Told): Case => {
  const begun = startRuleState(rule);
  const seen = { atMs: noon40 - 1_000, canary: counts(6_000, 30), stable: counts(18_000, 7) };
  return {
    rule,
    settings: { ...settings, ...judge },
    atMs: noon40,
    context: atStep({
      nowMs: noon40,
      weightSinceMs: noon40 - 10 * minute,
      raisedAtMs: noon40 - 10 * minute,
      ...context,
    }),
    state: {
      ...begun,
      canary: counts(12_400, 62),
      absolute: { ...noEvidence, lnNow: 2 },
      relative: { ...noEvidence, lnNow: 1 },
      window: addToWindow(emptyWindow(rule.windowMs), seen),
      step: { ...begun.step, counts: { ...begun.step.counts, canary: counts(4_020, 20) } },
      ...(typeof state === 'function' ? state() : state),
    },
  };
};

export const say = (reason: VerdictReason, told: Told = {}): string => {
  const given = aCase(told);
  const shown = { canary: 0.005, stable: 0.0004, limit: 0.001, errorsToConvict: null, ...told.shown };
  return messageOf(given, measureOf(given.rule), { found: { kind: 'suspect', outcome: 'hold', reason }, shown });
};
