/** The rules that a policy is judged by. */
import type { FileError } from '../lib/config-file/file-error.ts';
import { readConfigFile } from '../lib/config-file/read-file.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { RuleSet } from '../rules/rule.ts';
import { parseRules, type RulesOptions } from '../rules/rule-file.ts';
import type { Policy, RulesChoice } from './policy.ts';
import { ruleMisfits } from './policy-traffic-fit.ts';

/** How the policy's rule file is read and checked, now and at every change of it. */
export const rulesOptions = (policy: Policy, rules: Extract<RulesChoice, { readonly kind: 'file' }>): RulesOptions => ({
  file: rules.path,
  preset: policy.metrics.preset,
  resources: policy.metrics.resources,
  noCritical: rules.noCritical,
  check: (set) => ruleMisfits(policy, set),
});

/** Reads the policy's rules, from their file if they have one. Never rejects. */
export const readPolicyRules = async (policy: Policy): Promise<Result<RuleSet, readonly FileError[]>> => {
  if (policy.rules.kind === 'inline') return ok(policy.rules.set);
  const bytes = await readConfigFile(policy.rules.path);
  return bytes.ok ? parseRules(bytes.value, rulesOptions(policy, policy.rules)) : failed([bytes.error]);
};
