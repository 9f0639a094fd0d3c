/** The page about what must be there before the first traffic: its policies are right. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { clusterPolicy } from '../../src/release/policy-cluster-parse.ts';
import { parseClusterSettings } from '../../src/release/policy-cluster-settings.ts';
import { aClusterSpec } from '../support/cluster-policy.ts';
import { policyOf } from '../support/policy-of.ts';

const page = readFileSync(new URL('../../deploy/gates.md', import.meta.url), 'utf8');

/** Each `spec:` on the page. */
const specs = [...page.matchAll(/^ {4}spec:\n(?: {6}.*\n)+/gm)].map(
  ([text]) => (parse(text) as { readonly spec: Record<string, unknown> }).spec,
);

test('the policies on the page are right', async () => {
  expect(specs.length).toBeGreaterThan(0);
  const [gated, read, policy] = await Promise.all(specs.map((spec) => policyOf(spec)));
  expect(gated?.gates.map(({ kind }) => kind)).toEqual(['stable', 'monitoring', 'onCall', 'attested', 'attested']);
  expect(gated?.gates[3]).toMatchObject({
    by: ['ci'],
    require: [
      { value: 'coverage', comparison: '>=', limit: 80 },
      { value: 'failed', comparison: '=', limit: 0 },
    ],
  });
  expect(read?.checks.map(({ ask, isGate, name }) => [name, isGate, ask.kind])).toEqual([
    ['monitoring-targets', true, 'targets'],
    ['capacity', true, 'query'],
    ['quota', true, 'query'],
  ]);
  expect(policy?.approvals).toEqual([
    { name: 'technical', by: [], expiresMs: null },
    { name: 'security', by: ['eve', 'bob'], expiresMs: 86_400_000 },
  ]);
});

test('the gate on images on the page is right', async () => {
  const [, text = ''] = /^```yaml\n# gates of a ReleasePolicy\n([\s\S]*?)^```/m.exec(page) ?? [];
  const { gates } = parse(text) as { readonly gates: object };
  const settings = await parseClusterSettings(
    'sources: { main: { prometheus: { url: http://prometheus:9090 } } }',
    's.yaml',
  );
  if (!settings.ok) throw new Error('no settings');
  const spec = { ...aClusterSpec, notify: [], gates };
  const parsed = clusterPolicy({ name: 'app', namespace: 'shop', spec }, settings.value);
  expect(parsed.ok ? parsed.value.gates : parsed.error).toMatchObject([
    { kind: 'image', attested: 'build', containers: ['app'], by: ['system:serviceaccount:shop:ci'] },
  ]);
});
