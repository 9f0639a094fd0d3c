/** The rules that a policy is judged by, and whether the two fit together. */
import { type FileError, fileError } from '../lib/config-file/file-error.ts';
import { readConfigFile } from '../lib/config-file/read-file.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import { parseRules, type RulesOptions } from '../rules/rule-file.ts';
import type { Policy } from './policy.ts';

/** How a rule file is read for this policy; also what a watch of the file needs. */
export const rulesOptions = (policy: Policy): Omit<RulesOptions, 'file'> => ({
  preset: policy.metrics.preset,
  resources: policy.metrics.resources,
  noCritical: policy.rules.kind === 'file' ? policy.rules.noCritical : 'accepted',
});

const computedBySource = (policy: Policy, rule: Rule): string | null => {
  const { source } = policy.metrics;
  if (rule.sli.kind !== 'expression' || policy.sources[source]?.kind !== 'scrape') return null;
  return `${rule.name} needs a Prometheus to compute its query; the source "${source}" of policy ${policy.name} is a scrape`;
};

const neverApplies = (policy: Policy, rule: Rule): string | null => {
  const weights = policy.plan.steps.map(({ weight }) => weight);
  if (rule.steps.length === 0 || rule.steps.some((weight) => weights.includes(weight))) return null;
  const steps = rule.steps.join(', ');
  return `${rule.name} applies at weights ${steps}; the plan of policy ${policy.name} has only ${weights.join(', ')}`;
};

/** What is wrong with these rules under this policy, at the rules' own lines. */
export const policyRuleErrors = (policy: Policy, set: RuleSet): readonly FileError[] =>
  set.rules.flatMap((rule) =>
    [computedBySource(policy, rule), neverApplies(policy, rule)].flatMap((message) =>
      message === null ? [] : [fileError(rule.at.file, { line: rule.at.line, col: 1 }, message)],
    ),
  );

const declaredRules = async (policy: Policy): Promise<Result<RuleSet, readonly FileError[]>> => {
  if (policy.rules.kind === 'inline') return ok(policy.rules.set);
  const { path } = policy.rules;
  const bytes = await readConfigFile(path);
  return bytes.ok ? parseRules(bytes.value, { ...rulesOptions(policy), file: path }) : failed([bytes.error]);
};

/** Reads the policy's rules, from their file if they have one, and checks them against the policy. Never rejects. */
export const readPolicyRules = async (policy: Policy): Promise<Result<RuleSet, readonly FileError[]>> => {
  const rules = await declaredRules(policy);
  if (!rules.ok) return rules;
  const errors = policyRuleErrors(policy, rules.value);
  return errors.length > 0 ? failed(errors) : rules;
};
