/** What would change a verdict, in events that people know: errors, slow answers, requests. */
import type { Rule } from '../rules/rule.ts';
import { consequence } from '../verdict/consequence.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** Share of the evidence that convicts, 0 to 1: of the test without which this rule convicts nobody. */
export const evidenceOf = (rule: Rule, verdict: Verdict): number => {
  if (verdict.kind === 'breach') return 1;
  // Whatever the evidence: a literal comparison convicts by its number.
  if (rule.judge === 'point') return 0;
  const ln = rule.compare === 'stable' || rule.sli.kind === 'volume' ? verdict.lnRelative : verdict.lnAbsolute;
  const share = verdict.lnConvict > 0 ? ln / verdict.lnConvict : 0;
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
};

/** One short phrase; empty when no count of events would change anything soon. */
export const whatItWouldTake = (rule: Rule, verdict: Verdict): string => {
  if (verdict.kind === 'breach' || verdict.reason === 'NotApplicable' || verdict.reason === 'Ignored') return '';
  if (verdict.reason === 'TooFewEvents') return tooFew(rule, verdict);
  return verdict.errorsToConvict === null ? '' : untilConviction(rule, verdict.errorsToConvict);
};

const bads = { ratio: 'error', latency: 'slow answer' } as const;

const untilConviction = (rule: Rule, count: number): string => {
  const bad = rule.sli.kind === 'ratio' || rule.sli.kind === 'latency' ? bads[rule.sli.kind] : 'bad event';
  return `${count.toLocaleString('en-US')} more ${bad}${count === 1 ? '' : 's'} now would ${consequence(rule)}`;
};

/** A pass needs `minEvents` since the release began, and a fifth of that in this step. */
const tooFew = (rule: Rule, verdict: Verdict): string => {
  const missing = Math.max(rule.minEvents - verdict.events, rule.minEvents / 5 - verdict.stepEvents);
  return missing > 0 ? `needs ${Math.ceil(missing).toLocaleString('en-US')} more requests` : '';
};
