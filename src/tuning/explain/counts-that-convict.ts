/** How many bad events, seen at once and first of all, make suspect or convict; how many good ones prove. */
import type { Rule } from '../../rules/rule.ts';
import { absoluteTick, breachRatios } from '../../verdict/absolute.ts';
import { lnConvict, lnSuspect } from '../../verdict/case.ts';
import { lnMeanExp } from '../../verdict/log-sum-exp.ts';
import { measureOf } from '../../verdict/measured-as.ts';
import { planStep } from '../../verdict/planning.ts';
import type { JudgeSettings } from '../../verdict/settings.ts';

export interface CountRow {
  /** Canary requests so far. */
  readonly events: number;
  /** Bad ones among them from which on the rule is suspect, and convicts; null: not even if all are. */
  readonly suspect: number | null;
  readonly convict: number | null;
}

interface Test {
  readonly p0: number;
  readonly settings: JudgeSettings;
}

const least = (events: number, enough: (bad: number) => boolean): number | null => {
  if (!enough(events)) return null;
  let [no, yes] = [0, events];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (enough(middle)) yes = middle;
    else no = middle;
  }
  return yes;
};

const lnEvidence = ({ p0, settings }: Test, events: number, bad: number): number => {
  const { gains } = absoluteTick({ p0, phi: settings.phi, ratios: breachRatios }, { events, bad });
  // Half of the prior waits for a late onset where one is looked for.
  return lnMeanExp(gains) + (settings.changePoint === 'in-time' ? Math.log(0.5) : 0);
};

/** For rules that count events and have a limit of their own, by small, ordinary and large samples; empty for others. */
export const countRows = (rule: Rule, settings: JudgeSettings): readonly CountRow[] => {
  const measure = measureOf(rule);
  if (measure.kind !== 'fraction' || rule.judge === 'point' || rule.compare === 'stable') return [];
  const test = { p0: measure.p0, settings };
  const ordinary = Math.max(100, rule.minEvents);
  return [Math.ceil(ordinary / 10), ordinary, ordinary * 10].map((events) => ({
    events,
    suspect: least(events, (bad) => lnEvidence(test, events, bad) >= lnSuspect),
    convict: least(events, (bad) => lnEvidence(test, events, bad) >= lnConvict(settings)),
  }));
};

/** Canary requests without a single bad one that prove it healthy; null: it is not proven so. */
export const eventsToProve = (rule: Rule, settings: JudgeSettings): number | null => {
  const step = { weight: 100, bakeMs: 0, eventsBefore: 0 };
  const outlook = planStep(rule, settings, { step, traffic: { perSecond: 1, stableRatio: 0 } });
  return outlook === null ? null : Math.ceil(outlook.msToProve / 1000);
};
