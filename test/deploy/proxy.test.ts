/** The page about the built-in proxy: its policy is one, and the metrics that it names exist. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addCertificateMetrics } from '../../src/router/proxy/certificate-metrics.ts';
import { ProxyMetrics } from '../../src/router/proxy/proxy-metrics.ts';
import { policyOn } from '../support/page-policy.ts';

const page = readFileSync(new URL('../../deploy/proxy.md', import.meta.url), 'utf8');

test('the policy on the page is right, its files are found from its folder', async () => {
  const policy = await policyOn('deploy/proxy.md');
  expect(policy.traffic).toMatchObject({
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
