/** A policy as its file says it, for tests of what is built from policies. */
import { join } from 'node:path';
import type { Policy } from '../../src/release/policy.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';

const file = join(import.meta.dirname, '../../policy.yaml');

/** Policy `app` with stable `v1` and the shipped rules, scraped directly; `spec` replaces what it names. */
export async function policyOf(spec: Readonly<Record<string, unknown>> = {}): Promise<Policy> {
  const text = JSON.stringify({
    apiVersion: 'sluice.dev/v1alpha1',
    kind: 'ReleasePolicy',
    metadata: { name: 'app' },
    spec: {
      target: { command: ['serve'], revision: 'v1' },
      traffic: { proxy: { listen: '127.0.0.1:0' } },
      sources: { direct: { scrape: { path: '/metrics', interval: '1s' } } },
      metrics: { source: 'direct', preset: 'app' },
      rules: { file: 'rules/production.yaml' },
      ...spec,
    },
  });
  const parsed = await parsePolicy(text, file);
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('; '));
  return parsed.value;
}
