/** The page about hosts: its policy is one, as it says. */
import { expect, test } from 'vitest';
import { policyOn } from '../support/page-policy.ts';

test('the policy on the page is right', async () => {
  const policy = await policyOn('deploy/hosts.md');
  const { target } = policy;
  if (target.spec.kind !== 'hosts') throw new Error('the page shows another target');
  expect(target.spec.hosts).toHaveLength(target.spec.replicas + 1);
  expect(target.spec.commands).toMatchObject({ promote: null, rollback: null, remove: null, drainMs: 10_000 });
});
