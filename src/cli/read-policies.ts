/** Policy files as policies, or every mistake in all of them. */
import { formatFileError } from '../lib/config-file/file-error.ts';
import { readConfigFile } from '../lib/config-file/read-file.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Policy } from '../release/policy.ts';
import { parsePolicy } from '../release/policy-parse.ts';

export const readPolicies = async (files: readonly string[]): Promise<Result<readonly Policy[], string>> => {
  const policies: Policy[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const bytes = await readConfigFile(file);
    const policy = bytes.ok ? await parsePolicy(bytes.value, file) : failed([bytes.error]);
    if (policy.ok) policies.push(policy.value);
    else problems.push(...policy.error.map(formatFileError));
  }
  return problems.length === 0 ? ok(policies) : failed(problems.join('\n'));
};
