/** Which tests a rule uses, and which of them leads: its evidence is what `suspect`, the pass and the looks go by. */
import type { Rule } from '../rules/rule.ts';
import type { Case } from './case.ts';
import type { Measure } from './measured-as.ts';
import type { Evidence } from './mixture.ts';
import type { JudgeSettings } from './settings.ts';

export type Lead = 'absolute' | 'relative';

export const leadOf = (rule: Rule, measure: Measure): Lead =>
  measure.kind === 'share' || rule.compare === 'stable' ? 'relative' : 'absolute';

export const leadEvidence = ({ rule, state }: Case, measure: Measure): Evidence =>
  leadOf(rule, measure) === 'relative' ? state.relative : state.absolute;

/** What is served by one version stays with it for long: session affinity, or streams. */
export const isSticky = ({ sli }: Rule, { sticky }: JudgeSettings): boolean =>
  sticky || (sli.kind === 'ratio' && sli.streams === true);

/** Both arms can be compared now: traffic is split, and requests choose their version one by one. */
export const comparable = ({ context, rule, settings }: Case): boolean => context.split && !isSticky(rule, settings);

/** The rule says nothing here: it needs both arms and has one, or it is for other weights. */
export const appliesHere = (given: Case, measure: Measure): boolean => {
  const { rule, context } = given;
  if (rule.steps.length > 0 && (context.step === null || !rule.steps.includes(context.weight))) return false;
  if (measure.kind === 'level' || measure.kind === 'alert') return true;
  return leadOf(rule, measure) === 'absolute' || comparable(given);
};
