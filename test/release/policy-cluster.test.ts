import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { clusterPolicy, clusterRuleSet } from '../../src/release/policy-cluster-parse.ts';
import type { ClusterSettings } from '../../src/release/policy-cluster-settings.ts';
import { parseClusterSettings } from '../../src/release/policy-cluster-settings.ts';
import { policyConditions } from '../../src/release/policy-conditions.ts';
import { aClusterSpec } from '../support/cluster-policy.ts';

const settingsText = `
sources:
  main: { prometheus: { url: http://prometheus.monitoring:9090, interval: 1s } }
  pods: { scrape: {} }
hooks:
  ci: { url: https://ci.example.com/hooks, headers: { x-team: ops } }
notify:
  team: { webhook: { url: https://hooks.example.com/sluice } }
`;

async function settings(): Promise<ClusterSettings> {
  const parsed = await parseClusterSettings(settingsText, 'settings.yaml');
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('; '));
  return parsed.value;
}

const read = async (change: object) =>
  clusterPolicy({ name: 'app', namespace: 'shop', spec: { ...aClusterSpec, ...change } }, await settings());

const policy = async (change: object = {}) => {
  const checked = await read(change);
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  return checked.value;
};

describe('a policy of the cluster', () => {
  it('is what its spec says, with the sources and targets of the operator', async () => {
    const { contacts, deployment, metrics, mode, name, namespace, notify, plan, sources } = await policy();
    expect({ name, namespace, deployment, mode }).toEqual({
      name: 'app',
      namespace: 'shop',
      deployment: 'app',
      mode: 'enforce',
    });
    expect(sources['main']).toMatchObject({ kind: 'prometheus', intervalMs: 1_000 });
    expect(metrics).toMatchObject({ source: 'main', preset: 'istio-envoy', resources: 'cadvisor' });
    expect(notify).toEqual([
      {
        name: 'team',
        hears: 'all',
        template: { title: null, body: null },
        service: { kind: 'webhook', url: 'https://hooks.example.com/sluice', secrets: {} },
      },
    ]);
    expect(contacts.primary).toEqual([{ name: 'Ann', email: 'ann@example.com', phone: null, target: null }]);
    expect(plan.steps.map(({ weight, replicas }) => [weight, replicas])).toEqual([
      [25, 4],
      [50, { percentOfStable: 50 }],
      [100, null],
    ]);
  });

  it('may have gates that ask nobody by an address', async () => {
    const gates = [
      { name: 'load', attested: { ratio: '>= 80' } },
      { name: 'duty', check: 'onCall' },
    ];
    expect((await policy({ gates })).gates).toMatchObject([
      { kind: 'attested', name: 'load' },
      { kind: 'onCall', name: 'duty', contacts: ['Ann <ann@example.com>'] },
    ]);
  });

  it('asks addresses of the operator by their names, and its own pods', async () => {
    const checks = [
      { name: 'a', at: ['beforeTraffic'], http: { to: 'ci', path: '/a?r={revision}', headers: { 'x-mine': 'b' } } },
      { name: 'b', health: { url: '{canary}/healthz' } },
    ];
    const gates = [{ name: 'duty', http: { to: 'ci' } }];
    const found = (await policy({ checks, gates })).checks;
    expect(found.map(({ ask }) => ask.kind === 'http' && [ask.url, ask.server?.headers])).toEqual([
      ['https://ci.example.com/hooks', { 'x-team': 'ops' }],
      ['https://ci.example.com/hooks/a?r={revision}', { 'x-team': 'ops' }],
      ['{canary}/healthz', undefined],
    ]);
    expect(found.map(({ isGate }) => isGate)).toEqual([true, false, false]);
  });

  const hook = (http: object): object => ({ checks: [{ name: 'a', at: ['beforeTraffic'], http }] });

  it.each([
    ['an address of its own', hook({ url: 'http://169.254.169.254/' }), 'spec.checks.0.http.url', 'write { to: NAME'],
    [
      'an address of its own in a gate',
      { gates: [{ name: 'duty', http: { url: 'http://10.0.0.1/' } }] },
      'spec.gates.0.http.url',
      'write { to: NAME',
    ],
    ['a hook that is not there', hook({ to: 'cl' }), 'spec.checks.0.http.to', 'did you mean "ci"'],
    ['a path that leads out', hook({ to: 'ci', path: '/../admin' }), 'spec.checks.0.http.path', 'leads out'],
    [
      'a path that leads out in disguise',
      hook({ to: 'ci', path: '/a/%2E%2e/b' }),
      'spec.checks.0.http.path',
      'leads out',
    ],
    ['another host', hook({ to: 'ci', headers: { Host: 'a' } }), 'spec.checks.0.http.headers', 'Host'],
    ['both', hook({ to: 'ci', url: '{canary}/' }), 'spec.checks.0.http', 'exactly one of url, to'],
    [
      "a key of the controller's own",
      hook({ to: 'ci', event: 'binary', sign: { env: 'HOME' } }),
      'spec.checks.0.http.sign',
      'write { secret: NAME',
    ],
    [
      'an alertmanager that is not there',
      { checks: [{ name: 'a', alertmanager: { source: 'main', labels: { service: 'app' } } }] },
      'spec.checks.0.alertmanager.source',
      'is no alertmanager',
    ],
    [
      'load that would be counted',
      {
        metrics: { source: 'main' },
        checks: [{ name: 'a', at: ['afterWeight'], load: { path: '/', rate: 1, for: '1s' } }],
      },
      'spec.checks.0.load',
      'would be counted',
    ],
  ])('is refused for %s', async (_what, change, path, message) => {
    const refused = await read(change);
    const mistakes = refused.ok ? [] : refused.error;
    expect(mistakes.filter((each) => each.path === path).map((each) => each.message)).toEqual(
      expect.arrayContaining([expect.stringContaining(message)]),
    );
  });

  it('is judged by the rules that stand in it, or in the ConfigMap that it names', async () => {
    const inline = await policy({
      rules: { inline: { error_rate: { threshold: '0.1%', window: '5m', alert: 'critical' } } },
    });
    if (inline.rules.kind !== 'text') throw new Error('no text');
    const set = await clusterRuleSet(inline, inline.rules.text);
    expect(set.ok && set.value.rules.map(({ name }) => name)).toEqual(['error_rate']);
    const named = await policy({ rules: { configMap: 'app-rules' } });
    expect(named.rules).toEqual({ kind: 'map', map: 'app-rules', noCritical: 'refused' });
    const broken = await clusterRuleSet(named, 'error_rate: { threshold: much }');
    expect(broken.ok ? [] : broken.error.map(({ file, line }) => `${file}:${line}`)).toContain(
      'ConfigMap app-rules, rules.yaml:1',
    );
  });

  it.each([
    ['a source that is not there', { metrics: { source: 'man' } }, 'spec.metrics.source', 'did you mean "main"'],
    ['a target of messages that is not there', { notify: [{ to: 'tema' }] }, 'spec.notify.0.to', 'did you mean "team"'],
    ['steps that fall', { plan: { steps: [{ weight: 50, bake: '1m' }] } }, 'spec.plan.steps.0.weight', 'must be 100'],
    ['tracked Secrets', { track: { secrets: ['db'] } }, 'spec', 'track is not available'],
    ['a kind that is not delivered', { target: { statefulSet: 'db' } }, 'spec.target', 'statefulSet is not available'],
    ['a word that nobody knows', { plans: {} }, 'spec', 'plans'],
    [
      "another Envoy's tags than those of Istio",
      { metrics: { source: 'main', preset: 'envoy', labels: { cluster_name: 'a-$backend' } } },
      'spec.metrics.preset',
      'write istio-envoy',
    ],
    [
      'metrics of a mesh from the pods themselves',
      { metrics: { source: 'pods', preset: 'envoy', labels: { envoy_cluster_name: 'a-$backend' } } },
      'spec.metrics.preset',
      'needs a prometheus source',
    ],
  ])('is refused for %s, with its path', async (_what, change, path, message) => {
    const refused = await read(change);
    expect(refused).toMatchObject({ ok: false });
    const mistakes = refused.ok ? [] : refused.error;
    expect(mistakes.filter((each) => each.path === path).map((each) => each.message)).toEqual(
      expect.arrayContaining([expect.stringContaining(message)]),
    );
  });
});

describe("the operator's settings", () => {
  it('are refused with the place of each mistake', async () => {
    const parsed = await parseClusterSettings('sources:\n  main: { prometheus: { url: nonsense } }\n', 's.yaml');
    expect(parsed.ok ? [] : parsed.error.map(({ file, line }) => [file, line])).toEqual([['s.yaml', 2]]);
  });
});

describe('conditions of a policy', () => {
  const fine = { generation: 3, stalled: null, rules: null, missing: null, pending: null, releasing: null };
  const statuses = (health: Parameters<typeof policyConditions>[0]) =>
    Object.fromEntries(policyConditions(health, [], 0).conditions.map(({ type, status }) => [type, status]));

  it('say that it is served', () => {
    expect(statuses(fine)).toEqual({ Ready: 'True', RulesValid: 'True', Stalled: 'False', Reconciling: 'False' });
    expect(policyConditions({ ...fine, releasing: 'app-v2' }, [], 0).message).toContain('app-v2');
  });

  it('say what is wrong, and who has to act', () => {
    const wrong = { reason: 'SpecInvalid', message: 'spec.plan: nonsense' };
    expect(statuses({ ...fine, stalled: wrong })).toMatchObject({ Ready: 'False', Stalled: 'True' });
    expect(statuses({ ...fine, rules: wrong })).toMatchObject({ Ready: 'True', RulesValid: 'False', Stalled: 'True' });
    expect(statuses({ ...fine, missing: wrong })).toMatchObject({ Ready: 'False', Reconciling: 'True' });
    expect(policyConditions({ ...fine, stalled: wrong }, [], 0).message).toBe('spec.plan: nonsense');
  });

  it('say what is asked for and not begun yet, while stable serves', () => {
    const pending = { reason: 'Settling', message: 'v3 is asked for' };
    expect(statuses({ ...fine, pending })).toMatchObject({ Ready: 'True', Stalled: 'False', Reconciling: 'True' });
    expect(policyConditions({ ...fine, pending }, [], 0).message).toBe('v3 is asked for');
  });

  it('keep the time since when they have been so', () => {
    const first = policyConditions(fine, [], 1_000);
    const later = policyConditions(
      { ...fine, missing: { reason: 'Starting', message: 'no pod' } },
      first.conditions,
      9_000,
    );
    const at = (type: string) => later.conditions.find((each) => each.type === type)?.lastTransitionTime;
    expect(at('RulesValid')).toBe(new Date(1_000).toISOString());
    expect(at('Ready')).toBe(new Date(9_000).toISOString());
  });
});

describe('the page about clusters', () => {
  const blocks = readFileSync(new URL('../../deploy/kubernetes.md', import.meta.url), 'utf8').split('```yaml\n');
  const [settingsFile = '', policyFile = '', observedFile = ''] = blocks
    .slice(1)
    .map((block) => block.split('```')[0] ?? '');

  it.each([
    ['enforce', policyFile],
    ['observe', observedFile],
  ])('shows settings and a policy that are valid: %s', async (mode, file) => {
    const read = await parseClusterSettings(settingsFile, 'settings.yaml');
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    const object = z.object({ metadata: z.object({ name: z.string() }), spec: z.unknown() }).parse(parse(file));
    const { spec } = object;
    const made = clusterPolicy({ name: object.metadata.name, namespace: 'shop', spec }, read.value);
    if (!made.ok || made.value.rules.kind !== 'text') throw new Error(JSON.stringify(made));
    expect(made.value.mode).toBe(mode);
    expect(await clusterRuleSet(made.value, made.value.rules.text)).toMatchObject({ ok: true });
  });
});
