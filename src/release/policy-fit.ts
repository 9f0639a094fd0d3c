/** Whether rules and a policy fit together. */
import { type FileError, fileError } from '../lib/config-file/file-error.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import type { Policy } from './policy.ts';

/** The parts of a policy that rules must fit. */
export type FitFor = Pick<Policy, 'name' | 'metrics' | 'sources' | 'plan'>;

const computedBySource = (policy: FitFor, rule: Rule): string | null => {
  const { source } = policy.metrics;
  if (rule.sli.kind !== 'expression' || policy.sources[source]?.kind !== 'scrape') return null;
  return `${rule.name} needs a Prometheus to compute its query; the source "${source}" of policy ${policy.name} is a scrape`;
};

const neverApplies = (policy: FitFor, rule: Rule): string | null => {
  const weights = policy.plan.steps.map(({ weight }) => weight);
  if (rule.steps.length === 0 || rule.steps.some((weight) => weights.includes(weight))) return null;
  const steps = rule.steps.join(', ');
  return `${rule.name} applies at weights ${steps}; the plan of policy ${policy.name} has only ${weights.join(', ')}`;
};

/** What is wrong with these rules under this policy, at the rules' own lines. */
export const fitErrors = (policy: FitFor, set: RuleSet): readonly FileError[] =>
  set.rules.flatMap((rule) =>
    [computedBySource(policy, rule), neverApplies(policy, rule)].flatMap((message) =>
      message === null ? [] : [fileError(rule.at.file, { line: rule.at.line, col: 1 }, message)],
    ),
  );
