/** The page about the built-in proxy: its policy is one, and the metrics that it names exist. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatFileError } from '../../src/lib/config-file/file-error.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';
import { addCertificateMetrics } from '../../src/router/proxy/certificate-metrics.ts';
import { ProxyMetrics } from '../../src/router/proxy/proxy-metrics.ts';

const page = readFileSync(new URL('../../deploy/proxy.md', import.meta.url), 'utf8');

test('the policy on the page is right, its files are found from its folder', async () => {
  const lines = page.split('\n');
  const begin = lines.indexOf('    spec:');
  const end = lines.findIndex((line, at) => at > begin && line === '');
  const spec = lines.slice(begin, end).map((line) => line.slice(4));
  const head = 'apiVersion: sluice.dev/v1alpha1\nkind: ReleasePolicy\nmetadata: { name: app }\n';
  const policy = await parsePolicy(`${head}${spec.join('\n')}\n`, '/etc/sluice/app.yaml');
  if (!policy.ok) throw new Error(policy.error.map(formatFileError).join('\n'));
  expect(policy.value.traffic).toMatchObject({
    kind: 'proxy',
    settings: { tls: { certificate: '/etc/sluice/tls/shop.crt', key: '/etc/sluice/tls/shop.key' } },
  });
});

test('the metrics that the page names are the ones that the proxy has', async () => {
  const metrics = new ProxyMetrics(() => ({
    canaryPercent: 0,
    open: { canary: 0, stable: 0 },
    saved: true,
    well: { canary: 0, stable: 0 },
  }));
  addCertificateMetrics(metrics.registry, () => null);
  const known = metrics.registry.getMetricsAsArray().map(({ name }) => name);
  const named = new Set(page.match(/sluice_proxy_\w+/g));
  expect(named.size).toBeGreaterThan(4);
  for (const name of named) expect(known).toContain(name);
});
