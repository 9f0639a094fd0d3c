/** How the demo delivers its service: a policy as a file would have it, with the product's defaults and the rules that ship. */
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { formatFileError } from '../../lib/config-file/file-error.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Policy } from '../../release/policy.ts';
import { parsePolicy } from '../../release/policy-parse.ts';
import { sampleRevision } from './sample-command.ts';

/** The same depth in the sources and in what is compiled from them. */
const rulesFolder = fileURLToPath(new URL('../../../rules/', import.meta.url));

export const policyName = 'app';

/** Everybody's little trouble: one request in ten thousand fails, in every version. */
export const usualErrors = 0.0001;

const stable = sampleRevision({ version: 'v1', replicas: 2, errorRate: usualErrors });

/** Text of the policy: steps, limits, severities and thresholds are the product's own. */
const policyText = (): string =>
  stringify({
    apiVersion: 'sluice.dev/v1alpha1',
    kind: 'ReleasePolicy',
    metadata: { name: policyName, namespace: 'demo' },
    spec: {
      target: {
        revision: 'v1',
        command: stable.command,
        env: stable.env,
        health: stable.healthPath,
        replicas: stable.replicas,
      },
      traffic: { proxy: { listen: '127.0.0.1:0' } },
      sources: { direct: { scrape: { path: '/metrics', interval: '250ms' } } },
      metrics: { source: 'direct', preset: 'app' },
      rules: { file: 'production.yaml' },
      // A machine too slow for the load goes on until there is evidence, instead of going on without.
      plan: { whenUnjudgeable: 'hold' },
    },
  });

export async function demoPolicy(): Promise<Result<Policy>> {
  const policy = await parsePolicy(Buffer.from(policyText()), join(rulesFolder, 'demo-policy.yaml'));
  if (policy.ok) return ok({ ...policy.value, rules: asSeenFromHere(policy.value.rules) });
  const message = policy.error.map(formatFileError).join('\n');
  return failed({ reason: 'PolicyInvalid', message, retryable: false });
}

/** A rule is shown with its file and line, as the reader would name them. */
function asSeenFromHere(rules: Policy['rules']): Policy['rules'] {
  if (rules.kind === 'inline') return rules;
  const path = relative(process.cwd(), rules.path);
  return path.startsWith('..') || isAbsolute(path) ? rules : { ...rules, path };
}
