/** What `traffic.proxy` means to the proxy, and how its mistakes are answered. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatFileError } from '../../src/lib/config-file/file-error.ts';
import type { Policy } from '../../src/release/policy.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';
import { proxySettings } from '../../src/router/proxy/settings.ts';

const minimal = readFileSync(new URL('../fixtures/policies/minimal.good.yaml', import.meta.url), 'utf8');

const withProxy = (words: string): string =>
  minimal.replace(/^ {2}traffic: .*$/m, `  traffic: { proxy: { listen: "127.0.0.1:8080", ${words} } }`);

const parse = async (words: string): Promise<Policy> => {
  const policy = await parsePolicy(withProxy(words), '/app.yaml');
  if (!policy.ok) throw new Error(policy.error.map(formatFileError).join('\n'));
  return policy.value;
};

const settingsOf = async (words: string) => {
  const { traffic } = await parse(words);
  return proxySettings.parse(traffic.kind === 'proxy' ? traffic.settings : null);
};

test('every word is one of the proxy, in its units', async () => {
  const settings = await settingsOf(`
    grpc: pass, limits: { head: 8KiB, headers: 50, body: 10MiB, message: 4MiB, connections: 500 },
    timeouts: { connect: 1s, response: 90s, idle: 1m, head: 5s, client: 20s, keepAlive: 30s },
    forwarded: { from: [10.0.0.0/8, "::1"] }, proxyProtocol: { from: [192.0.2.7] }, sticky: { for: 1h },
    health: { path: /healthz, interval: 5s },
    accessLog: { file: logs/access.log, form: combined, query: shown }`);
  expect(settings).toMatchObject({
    grpc: 'pass',
    limits: { headBytes: 8_192, headers: 50, bodyBytes: 10_485_760, messageBytes: 4_194_304, connections: 500 },
    timeouts: {
      connectMs: 1_000,
      responseMs: 90_000,
      idleMs: 60_000,
      headMs: 5_000,
      clientMs: 20_000,
      keepAliveMs: 30_000,
    },
    forwarded: { from: ['10.0.0.0/8', '::1'] },
    proxyProtocol: { from: ['192.0.2.7'] },
    sticky: { cookie: 'sluice', maxAgeMs: 3_600_000 },
    health: { path: '/healthz', intervalMs: 5_000, timeoutMs: 1_000, unhealthyAfter: 3, healthyAfter: 2 },
    accessLog: { file: '/logs/access.log', form: 'combined', query: 'shown' },
  });
});

test('what is not said has the default that its description promises', async () => {
  const settings = await settingsOf('limits: {}, timeouts: {}');
  expect(settings).toEqual(proxySettings.parse({}));
  expect(settings).toMatchObject({
    grpc: 'off',
    limits: { headBytes: 16_384, headers: 200, bodyBytes: null, messageBytes: null, connections: 10_000 },
    timeouts: {
      connectMs: 2_000,
      responseMs: 60_000,
      idleMs: 300_000,
      headMs: 30_000,
      clientMs: 60_000,
      keepAliveMs: 75_000,
    },
    forwarded: { from: ['127.0.0.0/8', '::1'] },
    proxyProtocol: { from: [] },
    sticky: null,
    accessLog: null,
    health: null,
  });
});

test('where users stay with their version, only new ones show the weight, and nothing compares the traffic', async () => {
  const { judge, plan } = await parse('sticky: {}');
  expect(judge.sticky).toBe(true);
  expect(plan.verify).toBe('newConnections');
  expect((await parse('limits: {}')).judge.sticky).toBe(false);
});

test.each([
  ['limits: { head: 8 }', /8 is no size; write 16KiB or 10MiB/],
  ['limits: { head: 8KB }', /"8KB" is no size; write 16KiB or 10MiB/],
  ['limits: { head: 8B }', /8B is not from 1024 to 1048576 bytes/],
  ['timeouts: { response: 60 }', /60 has no unit; write 60s/],
  ['timeouts: { respnse: 60s }', /did you mean "response"/],
  ['forwarded: { from: [localhost] }', /"localhost" is no address; write 10.1.2.3, or 10.0.0.0\/8 for a range/],
  ['sticky: { cookie: "a b" }', /"a b" is no name of a cookie/],
])('%s', async (words, message) => {
  await expect(parse(words)).rejects.toThrow(message);
});
