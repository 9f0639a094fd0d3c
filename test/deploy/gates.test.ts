/** The page about what must be there before the first traffic: its policies are right. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { policyOf } from '../support/policy-of.ts';

const page = readFileSync(new URL('../../deploy/gates.md', import.meta.url), 'utf8');

/** Each `spec:` on the page. */
const specs = [...page.matchAll(/^ {4}spec:\n(?: {6}.*\n)+/gm)].map(
  ([text]) => (parse(text) as { readonly spec: Record<string, unknown> }).spec,
);

test('the policies on the page are right', async () => {
  expect(specs.length).toBeGreaterThan(0);
  const [gated, policy] = await Promise.all(specs.map((spec) => policyOf(spec)));
  expect(gated?.gates.map(({ kind }) => kind)).toEqual(['stable', 'monitoring', 'onCall', 'attested', 'attested']);
  expect(gated?.gates[3]).toMatchObject({
    by: ['ci'],
    require: [
      { value: 'coverage', comparison: '>=', limit: 80 },
      { value: 'failed', comparison: '=', limit: 0 },
    ],
  });
  expect(policy?.approvals).toEqual([
    { name: 'technical', by: [], expiresMs: null },
    { name: 'security', by: ['eve', 'bob'], expiresMs: 86_400_000 },
  ]);
});
