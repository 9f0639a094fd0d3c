/** What a policy file means: every word, and what holds where it says nothing. (What it must not say: the fixtures.) */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatFileError } from '../../src/lib/config-file/file-error.ts';
import { defaultPlan } from '../../src/release/plan.ts';
import type { Policy } from '../../src/release/policy.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';
import { defaultTasks } from '../../src/release/task.ts';
import { defaultJudgeSettings } from '../../src/verdict/settings.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/policies/${name}.yaml`, import.meta.url), 'utf8');

const parse = async (text: string, file = '/etc/sluice/policies/app.yaml'): Promise<Policy> => {
  const policy = await parsePolicy(text, file);
  if (!policy.ok) throw new Error(policy.error.map(formatFileError).join('\n'));
  return policy.value;
};

/** The minimal policy with one part of the spec in other words. */
const withPart = (part: string, words: string): string =>
  fixture('minimal.good').replace(new RegExp(`^  ${part}: .*\n|$(?![\\s\\S])`, 'm'), `  ${part}: ${words}\n`);

describe('a policy that says the least', () => {
  test('has all the defaults', async () => {
    const policy = await parse(fixture('minimal.good'));
    expect(policy).toEqual({
      name: 'app',
      namespace: 'default',
      file: '/etc/sluice/policies/app.yaml',
      target: {
        revision: 'v1',
        spec: { kind: 'command', command: ['node', 'app.js'], env: {}, cwd: null, healthPath: '/healthz', replicas: 2 },
      },
      traffic: { kind: 'proxy', listen: { host: '127.0.0.1', port: 8080 }, settings: {} },
      sources: {
        main: {
          kind: 'prometheus',
          url: 'http://127.0.0.1:9090',
          intervalMs: 5_000,
          timeoutMs: 3_000,
          headers: {},
          tokenFile: null,
          caFile: null,
        },
        direct: { kind: 'scrape', path: '/metrics', intervalMs: 1_000, timeoutMs: 1_000 },
      },
      metrics: {
        source: 'main',
        fallback: 'direct',
        alerts: null,
        preset: 'app',
        resources: 'host',
        labels: { instance: '$instance' },
        own: [],
      },
      rules: { kind: 'file', path: '/etc/sluice/rules/production.good.yaml', noCritical: 'refused' },
      plan: defaultPlan,
      judge: defaultJudgeSettings,
      mode: 'enforce',
      gates: [],
      approvals: [],
      backup: null,
      checks: [],
      tasks: defaultTasks,
      notify: [],
      contacts: { primary: [], secondary: [], vendors: [] },
      links: { page: null, dashboard: null, runbook: null },
    });
  });

  test('names its first revision by what it is made of', async () => {
    const revision = async (words: string): Promise<string> => (await parse(withPart('target', words))).target.revision;
    const first = await revision('{ command: [node, app.js] }');
    expect(first).toMatch(/^[0-9a-f]{12}$/);
    expect(await revision('{ replicas: 1, command: ["node", "app.js"] }')).toBe(first);
    expect(await revision('{ command: [node, app.js, --fast] }')).not.toBe(first);
  });
});

describe('a policy that says everything', () => {
  test('is understood word by word', async () => {
    const policy = await parse(fixture('full.good'));
    expect(policy).toMatchObject({
      namespace: 'production',
      target: {
        revision: 'v1.8.2',
        spec: { env: { NODE_ENV: 'production' }, cwd: '/etc/sluice/service', replicas: 4 },
      },
      traffic: { listen: { host: '::1', port: 8080 } },
      metrics: { preset: 'proxy', labels: { instance: '$instance' } },
      judge: {
        alpha: 0.0001,
        phi: 5,
        changePoint: 'in-time',
        sharedWindowMs: 180_000,
        onShared: 'hold',
        onWorse: 'ignore',
      },
      mode: 'advise',
      notify: [{ name: 'webhook', hears: 'all', service: { kind: 'webhook', url: 'https://hooks.example/sluice' } }],
      contacts: {
        primary: [{ name: 'devops lead', email: 'devops@example.com', phone: null, target: null }],
        secondary: [{ name: 'database', email: null, phone: '+43 1 2345678', target: null }],
        vendors: [],
      },
    });
    expect(policy.sources['main']).toEqual({
      kind: 'prometheus',
      url: 'https://prometheus.example/base',
      intervalMs: 1_000,
      timeoutMs: 2_000,
      headers: { 'X-Scope-OrgID': 'shop' },
      tokenFile: '/etc/sluice/policies/secrets/token',
      caFile: '/etc/ssl/ca.pem',
    });
  });

  test('has its plan in milliseconds, and replicas as a share of stable', async () => {
    const { plan } = await parse(fixture('full.good'));
    expect(plan).toEqual({
      steps: [
        { weight: 25, bakeMs: 600_000, replicas: 4 },
        { weight: 50, bakeMs: 900_000, replicas: { percentOfStable: 150 } },
        { weight: 100, bakeMs: 1_800_000, replicas: null },
      ],
      readyWithinMs: 300_000,
      scaleWithinMs: 600_000,
      maxDurationMs: 7_200_000,
      watchMs: 7_200_000,
      trendMs: 43_200_000,
      verify: 'config',
      verifyWithinMs: 120_000,
      blindForMs: 300_000,
      blindMaxMs: 1_800_000,
      onBlind: 'hold',
      answerWithinMs: 900_000,
      onUnanswered: 'rollback',
      onLimit: 'rollback',
      rollback: 'ask',
      drainMs: 10_000,
      whenUnjudgeable: 'refuse',
    });
  });

  test('holds its own rules, at their lines of the policy', async () => {
    const { rules } = await parse(fixture('full.good'), 'policies/app.yaml');
    const line =
      fixture('full.good')
        .split('\n')
        .findIndex((text) => text.includes('cpu_usage')) + 1;
    expect(rules).toMatchObject({
      kind: 'inline',
      set: { file: 'policies/app.yaml', rules: [{ name: 'cpu_usage', at: { file: 'policies/app.yaml', line } }] },
    });
  });
});

test('the instances of stable may be there already', async () => {
  const { target } = await parse(fixture('endpoints.good'));
  expect(target.spec).toEqual({
    kind: 'endpoints',
    urls: ['http://127.0.0.1:3001', 'http://127.0.0.1:3002'],
    healthPath: null,
  });
});

test.each([
  ['99.9%', 0.001],
  ['99%', 0.01],
  ['99.9999%', 0.000001],
  ['90%', 0.1],
])('confidence %s is alpha %d', async (words, alpha) => {
  expect((await parse(withPart('confidence', words))).judge.alpha).toBe(alpha);
});

test('a plan whose bakes fill its limit exactly is accepted, one more second is not', async () => {
  const plan = (limit: string): string =>
    withPart('plan', `{ steps: [{ weight: 100, bake: 30m }], maxDuration: ${limit} }`);
  expect((await parse(plan('30m'))).plan.maxDurationMs).toBe(1_800_000);
  expect((await parsePolicy(plan('29m59s'), 'p.yaml')).ok).toBe(false);
});

test("the built-in proxy's certificate is found from the policy's folder", async () => {
  const { traffic } = await parse(
    withPart(
      'traffic',
      '{ proxy: { listen: "0.0.0.0:8443", tls: { certificate: tls/shop.crt, key: /etc/ssl/shop.key } } }',
    ),
  );
  expect(traffic).toMatchObject({
    settings: { tls: { certificate: '/etc/sluice/policies/tls/shop.crt', key: '/etc/ssl/shop.key' } },
  });
});
