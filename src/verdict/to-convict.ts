/** What it would take to convict: so many more bad events now, or so much time at the present rates. */
import { breachRatios } from './absolute.ts';
import { type Case, lnConvict } from './case.ts';
import { fractionOf } from './counts.ts';
import { windowOf } from './estimate.ts';
import { absoluteRate, relativeRate } from './evidence-rate.ts';
import { lnAdd, lnMeanExp } from './log-sum-exp.ts';
import type { Measure } from './measure.ts';
import type { Evidence } from './mixture.ts';
import { canaryShareOfBad } from './relative.ts';
import { comparable, leadOf } from './which-tests.ts';

/** Bad events more, now, that would convict; null where that is not how the rule convicts, or before the first count. */
export const errorsToConvict = (given: Case, measure: Measure): number | null => {
  if (measure.kind !== 'fraction' || given.rule.judge === 'point') return null;
  const { rule, state } = given;
  const absolute = leadOf(rule, measure) === 'relative' ? 0 : forAbsolute(given, measure.p0);
  const relative = rule.compare === 'absolute' || !comparable(given) ? 0 : forRelative(given, state.relative);
  return absolute === null || relative === null ? null : Math.max(absolute, relative);
};

const forAbsolute = (given: Case, p0: number): number | null =>
  more(given, given.state.absolute, (r) => Math.log(r) - (r - 1) * p0);

const forRelative = (given: Case, evidence: Evidence): number | null => {
  const weight = given.context.weight / 100;
  const rho = canaryShareOfBad(given.rule.ratio, weight, 1 - weight);
  return more(given, evidence, (r) => Math.log(r) - Math.log1p(rho * (r - 1)));
};

/** ln E is convex in the number of bad events: Newton's steps come down to the answer from above. */
const more = ({ settings }: Case, evidence: Evidence, nats: (ratio: number) => number): number | null => {
  const target = lnConvict(settings);
  if (evidence.lnMax >= target) return 0;
  if (evidence.lnA.length === 0) return null;
  const lnRest = Math.log(evidence.rest);
  const slopes = evidence.lnA.map((_, i) => nats(breachRatios[i] ?? 1) / settings.phi);
  const steepest = Math.max(...slopes);
  const after = (k: number): number => lnAdd(lnMeanExp(evidence.lnA.map((a, i) => a + k * (slopes[i] ?? 0))), lnRest);
  let k = (target - evidence.lnNow) / steepest;
  for (let i = 0; i < 8; i++) {
    const gap = target - after(k);
    if (Math.abs(gap) < 0.01) break;
    const slope = (after(k + 0.5) - after(k - 0.5)) as number;
    k += gap / Math.max(slope, steepest * 0.02);
  }
  return Math.max(1, Math.ceil(k - 1e-6));
};

/** Time to conviction, ms, if both arms go on as in the window; null where that leads to none. */
export const msToConvict = (given: Case, measure: Measure): number | null => {
  const { rule, state, settings, context, atMs } = given;
  if (measure.kind !== 'fraction') return null;
  const { canary, stable } = windowOf(given);
  const seconds = Math.min(rule.windowMs, context.step === null ? rule.windowMs : atMs - context.weightSinceMs) / 1000;
  if (seconds <= 0) return null;
  const arm = { perSecond: canary.events / seconds, p: fractionOf(canary) ?? 0 };
  const other = { perSecond: stable.events / (rule.windowMs / 1000), p: fractionOf(stable) ?? 0 };
  const waits: number[] = [];
  const wait = (evidence: Evidence, nats: number): void => {
    if (evidence.lnMax < lnConvict(settings))
      waits.push(((lnConvict(settings) - evidence.lnNow) * settings.phi) / nats);
  };
  if (leadOf(rule, measure) === 'absolute') wait(state.absolute, absoluteRate(arm.perSecond, arm.p, measure.p0));
  if (rule.compare !== 'absolute' && comparable(given))
    wait(state.relative, relativeRate({ canary: arm, stable: other, ratio: rule.ratio }));
  const longest = Math.max(...waits, 0) * 1000;
  return waits.length === 0 || !Number.isFinite(longest) ? null : longest;
};
