/** The rules of a policy: read from beside it, and fit for it. */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatFileError } from '../../src/lib/config-file/file-error.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';
import { readPolicyRules } from '../../src/release/policy-rules.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Written {
  readonly rules: string;
  readonly source?: string;
  readonly more?: string;
  readonly labels?: string;
}

/** Writes a policy and its rule file, and reads the rules by the policy. */
const readWritten = async ({ rules, source = '{ scrape: {} }', more = '', labels = '' }: Written) => {
  const folder = await tempDir();
  await mkdir(join(folder, 'rules'));
  await writeFile(join(folder, 'rules', 'r.yaml'), rules);
  const text = `
apiVersion: sluice.dev/v1alpha1
kind: ReleasePolicy
metadata: { name: app }
spec:
  target: { command: [node, app.js] }
  traffic: { proxy: { listen: "127.0.0.1:0" } }
  sources: { main: ${source} }
  metrics: { source: main, preset: proxy${labels} }
  rules: { file: rules/r.yaml${more} }
  plan: { steps: [{ weight: 50, bake: 1m }, { weight: 100, bake: 1m }] }
`;
  const policy = await parsePolicy(text, join(folder, 'policy.yaml'));
  if (!policy.ok) throw new Error(policy.error.map(formatFileError).join('\n'));
  const read = await readPolicyRules(policy.value);
  return { read, errors: read.ok ? [] : read.error.map((error) => `${error.line}:${error.col} ${error.message}`) };
};

const errorRate = 'error_rate: { threshold: 0.1%, window: 5m, alert: critical }\n';

describe('readPolicyRules', () => {
  test("reads the file from the policy's folder, under the policy's preset", async () => {
    const { read } = await readWritten({ rules: errorRate });
    expect(read).toMatchObject({
      ok: true,
      value: { rules: [{ sli: { total: { metric: 'sluice_proxy_requests_total' } } }] },
    });
  });

  test('names every mistake of the file at its place', async () => {
    const { errors } = await readWritten({ rules: 'error_rate: { threshold: 0.1%, window: 5, alert: crit }\n' });
    expect(errors).toEqual([
      '1:40 window 5 has no unit; write 5s or 5m',
      '1:50 alert "crit" is not one of critical, warning, info; did you mean "critical"?',
    ]);
  });

  test('a set without a critical rule is accepted when the policy says so', async () => {
    const rules = errorRate.replace('critical', 'info');
    expect((await readWritten({ rules })).errors).toHaveLength(1);
    expect((await readWritten({ rules, more: ', critical: optional' })).errors).toEqual([]);
  });

  test('a query that must be computed needs a Prometheus', async () => {
    const rules = `${errorRate}lag: { threshold: 5s, window: 5m, alert: info, query: 'max(lag_seconds{$arm})' }\n`;
    expect((await readWritten({ rules })).errors).toEqual([
      '2:1 lag needs a Prometheus to compute its query; the source "main" of policy app is a scrape',
    ]);
    const source = '{ prometheus: { url: "http://127.0.0.1:9090" } }';
    expect((await readWritten({ rules, source })).errors).toEqual([]);
  });

  test('another day needs a Prometheus, and something that lasts to name the service by', async () => {
    const prometheus = '{ prometheus: { url: "http://127.0.0.1:9090" } }';
    const past = (words: string): string =>
      `${errorRate}a_throughput: { threshold: -10% from baseline, window: 5m, alert: info, baseline: 7d, ${words} }\n`;
    const app = past('preset: app');
    expect((await readWritten({ rules: app })).errors).toEqual([
      '2:1 a_throughput compares with another day, which only a Prometheus remembers; the source "main" of policy app is a scrape',
    ]);
    expect((await readWritten({ rules: app, source: prometheus })).errors).toEqual([
      `2:1 a_throughput compares with another day, when other instances served: name the service's series by what lasts, as in query: { total: 'http_requests_total{job="app"}' }, or by a fixed label in metrics.labels of policy app`,
    ]);
    const proxy = await readWritten({ rules: past('preset: proxy'), source: prometheus });
    expect(proxy.errors[0]).toMatch(/sluice_proxy_requests_total\{job="app"\}' \}$/);
    const named = past(`query: { total: 'requests_total{job="app"}' }`);
    expect((await readWritten({ rules: named, source: prometheus })).errors).toEqual([]);
    const labels = { source: prometheus, labels: ', labels: { instance: $instance, namespace: prod }' };
    expect((await readWritten({ rules: app, ...labels })).errors).toEqual([]);
  });

  test('rules that stand in the policy are held to the same', async () => {
    const text = readFileSync(new URL('../fixtures/policies/endpoints.good.yaml', import.meta.url), 'utf8');
    const policy = await parsePolicy(text.replace('alert: critical', 'alert: critical, steps: [30]'), 'p.yaml');
    expect(policy.ok ? [] : policy.error.map(({ message }) => message)).toEqual([
      'error_rate applies at weights 30; the plan of policy app has only 25, 50, 100',
    ]);
  });

  test('a rule whose weights the plan never has would never apply', async () => {
    const at = (steps: string): string => errorRate.replace(' }', `, steps: ${steps} }`);
    expect((await readWritten({ rules: at('[25, 30]') })).errors).toEqual([
      '1:1 error_rate applies at weights 25, 30; the plan of policy app has only 50, 100',
    ]);
    expect((await readWritten({ rules: at('[25, 50]') })).errors).toEqual([]);
  });
});
