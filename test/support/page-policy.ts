/** The policy that a page shows: from its line `spec:` to the next empty one. */
import { readFileSync } from 'node:fs';
import { formatFileError } from '../../src/lib/config-file/file-error.ts';
import type { Policy } from '../../src/release/policy.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';

/** `page`: from the root of the project. Throws what is wrong with the policy; it is read as if it stood in /etc/sluice. */
export async function policyOn(page: string): Promise<Policy> {
  const lines = readFileSync(page, 'utf8').split('\n');
  const begin = lines.indexOf('    spec:');
  const end = lines.findIndex((line, at) => at > begin && line === '');
  const spec = lines.slice(begin, end).map((line) => line.slice(4));
  const head = 'apiVersion: sluice.dev/v1alpha1\nkind: ReleasePolicy\nmetadata: { name: app }\n';
  const policy = await parsePolicy(`${head}${spec.join('\n')}\n`, '/etc/sluice/app.yaml');
  if (!policy.ok) throw new Error(policy.error.map(formatFileError).join('\n'));
  return policy.value;
}
