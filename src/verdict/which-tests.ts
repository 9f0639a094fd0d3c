/** Which tests a rule uses, and which of them leads: its evidence is what `suspect`, the pass and the looks go by. */
import type { Rule } from '../rules/rule.ts';
import type { Case } from './case.ts';
import type { Measure } from './measure.ts';
import type { Evidence } from './mixture.ts';

export type Lead = 'absolute' | 'relative';

export const leadOf = (rule: Rule, measure: Measure): Lead =>
  measure.kind === 'share' || rule.compare === 'stable' ? 'relative' : 'absolute';

export const leadEvidence = ({ rule, state }: Case, measure: Measure): Evidence =>
  leadOf(rule, measure) === 'relative' ? state.relative : state.absolute;

/** Both arms can be compared now: traffic is split, and requests choose their version one by one. */
export const comparable = ({ context, settings }: Case): boolean => context.split && !settings.sticky;

/** The rule says nothing here: it needs both arms and has one, or it is for other weights. */
export const appliesHere = (given: Case, measure: Measure): boolean => {
  const { rule, context } = given;
  if (rule.steps.length > 0 && (context.step === null || !rule.steps.includes(context.weight))) return false;
  return measure.kind === 'level' || leadOf(rule, measure) === 'absolute' || comparable(given);
};
