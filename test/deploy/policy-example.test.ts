import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatFileError } from '../../src/lib/config-file/file-error.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';

const file = join(import.meta.dirname, '..', '..', 'deploy', 'policy.example.yaml');

describe('deploy/policy.example.yaml', () => {
  it('is a policy, with the addresses and the plan that its comments promise', async () => {
    const parsed = await parsePolicy(readFileSync(file, 'utf8'), file);
    if (!parsed.ok) throw new Error(parsed.error.map(formatFileError).join('\n'));
    const { target, traffic, metrics, plan, rules } = parsed.value;
    expect(target).toMatchObject({ revision: 'v1', spec: { kind: 'endpoints', healthPath: '/healthz' } });
    expect(traffic).toEqual({ kind: 'proxy', listen: { host: '127.0.0.1', port: 8080 }, settings: {} });
    expect(metrics).toMatchObject({ source: 'main', fallback: 'direct', preset: 'app' });
    expect(plan.steps.map(({ weight, bakeMs }) => [weight, bakeMs / 60_000])).toEqual([
      [25, 10],
      [50, 15],
      [100, 30],
    ]);
    expect(rules).toMatchObject({ kind: 'file', path: '/opt/sluice/rules/production.yaml' });
  });
});
