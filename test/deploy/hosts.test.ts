/** The page about hosts: its policy is one, as it says. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatFileError } from '../../src/lib/config-file/file-error.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';

const page = readFileSync(new URL('../../deploy/hosts.md', import.meta.url), 'utf8');

test('the policy on the page is right', async () => {
  const lines = page.split('\n');
  const begin = lines.indexOf('    spec:');
  const end = lines.findIndex((line, at) => at > begin && line === '');
  const spec = lines.slice(begin, end).map((line) => line.slice(4));
  const head = 'apiVersion: sluice.dev/v1alpha1\nkind: ReleasePolicy\nmetadata: { name: app }\n';
  const policy = await parsePolicy(`${head}${spec.join('\n')}\n`, '/etc/sluice/app.yaml');
  if (!policy.ok) throw new Error(policy.error.map(formatFileError).join('\n'));
  const { target } = policy.value;
  if (target.spec.kind !== 'hosts') throw new Error('the page shows another target');
  expect(target.spec.hosts).toHaveLength(target.spec.replicas + 1);
  expect(target.spec.commands).toMatchObject({ promote: null, rollback: null, remove: null, drainMs: 10_000 });
});
