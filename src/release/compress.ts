/** Time made faster for demos and tests: every duration divided by one factor; counts stay as they are. */
import type { RuleSet } from '../rules/rule.ts';
import type { JudgeSettings } from '../verdict/settings.ts';
import type { Plan } from './plan.ts';

/** None stays none; anything else stays at least a millisecond. Throws RangeError on a factor below 1. */
const shorter = (ms: number, factor: number): number => {
  if (!(factor >= 1) || !Number.isFinite(factor)) throw new RangeError(`compression must be at least 1: ${factor}`);
  return ms === 0 ? 0 : Math.max(1, Math.round(ms / factor));
};

export const compressPlan = (plan: Plan, factor: number): Plan => ({
  ...plan,
  steps: plan.steps.map((step) => ({ ...step, bakeMs: shorter(step.bakeMs, factor) })),
  readyWithinMs: shorter(plan.readyWithinMs, factor),
  scaleWithinMs: shorter(plan.scaleWithinMs, factor),
  maxDurationMs: shorter(plan.maxDurationMs, factor),
  watchMs: shorter(plan.watchMs, factor),
  verifyWithinMs: shorter(plan.verifyWithinMs, factor),
  blindForMs: shorter(plan.blindForMs, factor),
  blindMaxMs: shorter(plan.blindMaxMs, factor),
  answerWithinMs: shorter(plan.answerWithinMs, factor),
  drainMs: shorter(plan.drainMs, factor),
  ...(plan.trendMs === undefined ? {} : { trendMs: shorter(plan.trendMs, factor) }),
  ...(plan.standby === undefined
    ? {}
    : { standby: { ...plan.standby, afterMs: shorter(plan.standby.afterMs, factor) } }),
});

/** The hash stays: it names the content of the file; a release records the factor beside it. */
export const compressRules = (set: RuleSet, factor: number): RuleSet => ({
  ...set,
  rules: set.rules.map((rule) => ({
    ...rule,
    windowMs: shorter(rule.windowMs, factor),
    warmUpMs: shorter(rule.warmUpMs, factor),
    forMs: shorter(rule.forMs, factor),
    burnRate: rule.burnRate.map(({ rate, longMs, shortMs }) => ({
      rate,
      longMs: shorter(longMs, factor),
      shortMs: shorter(shortMs, factor),
    })),
  })),
});

export const compressJudge = <J extends Pick<JudgeSettings, 'sharedWindowMs'>>(judge: J, factor: number): J => ({
  ...judge,
  sharedWindowMs: shorter(judge.sharedWindowMs, factor),
});
