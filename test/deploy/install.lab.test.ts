/** What is shipped for installing: rendered as it stands in the repository, accepted by a real API server, and no more than needed. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../lab/api/api.ts';
import { type JoinedLab, joinLab } from '../lab/joined-lab.ts';
import { needsLab } from '../lab/needs-lab.ts';
import { applyText } from '../lab/shipped-account.ts';
import { suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { helm, manifests, renderChart } from './rendered.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Rendered extends KubeObject {
  readonly rules?: readonly Rule[];
}

const objectsOf = (text: string): readonly Rendered[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);

describe.runIf(await needsLab())('deploy/chart', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
  });

  it.each(Object.keys(manifests))('%s is what Helm renders (else: npm run manifests)', (file) => {
    expect(readFileSync(file, 'utf8')).toBe(manifests[file]?.());
  });

  it('is without a finding of helm lint, and refuses values that it does not know', () => {
    expect(helm(['lint', 'deploy/chart', '--strict'])).toContain('0 chart(s) failed');
    const render = (value: string) => () => renderChart({ namespace: 'sluice', set: [value] });
    expect(render('replica=3')).toThrow("additional properties 'replica' not allowed");
    expect(render('routers.linkerd=true')).toThrow("additional properties 'linkerd' not allowed");
    expect(render('replicas=0')).toThrow('replicas');
    expect(render('checks.secrets={hook}')()).toMatch(/signingSecrets:\n +- hook\n/);
    expect(render('settings.sources.main.prometheus.uri=x')).toThrow("additional properties 'uri' not allowed");
  });

  it('gives its rights in each namespace that is named, or in all of them', () => {
    const rendered = (...set: readonly string[]) =>
      objectsOf(renderChart({ namespace: 'sluice', set: [...set, 'crds.install=false'] }));
    const placed = (objects: readonly Rendered[]) =>
      objects.flatMap(({ kind, metadata: { namespace = '' }, rules }) =>
        rules === undefined ? [] : [[kind, namespace]],
      );
    const rules = (objects: readonly Rendered[]) => objects.flatMap((object) => object.rules ?? []);
    const named = rendered('watchNamespaces={shop,bank}');
    expect(placed(named)).toEqual([
      ['Role', 'shop'],
      ['Role', 'bank'],
    ]);
    expect(JSON.stringify(named)).toContain('"--namespace=shop","--namespace=bank"');
    const everywhere = rendered('clusterWide=true');
    expect(placed(everywhere)).toEqual([['ClusterRole', '']]);
    expect(JSON.stringify(everywhere)).not.toContain('--namespace');
    expect(rules(everywhere)).toEqual(rules(rendered('watchNamespace=shop')));
    const both = ['clusterWide=true', 'watchNamespace=shop'];
    expect(() => renderChart({ namespace: 'sluice', set: both })).toThrow('clusterWide is for all namespaces');
  });

  it('gives rights on the routers that are enabled, and never a wildcard', () => {
    const rulesOf = (text: string) => objectsOf(text).flatMap(({ rules = [] }) => rules);
    const groups = (text: string) => rulesOf(text).flatMap(({ apiGroups }) => apiGroups);
    const [istio = '', gateway = '', traefik = ''] = Object.values(manifests).map((text) => text());
    expect(groups(istio)).toContain('networking.istio.io');
    expect(groups(istio)).not.toContain('gateway.networking.k8s.io');
    expect(groups(gateway)).toContain('gateway.networking.k8s.io');
    expect(groups(gateway)).not.toContain('networking.istio.io');
    expect(groups(traefik)).toContain('traefik.io');
    const all = rulesOf(istio + gateway + traefik);
    expect(all.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs])).not.toContain('*');
    expect(
      JSON.stringify(parseAllDocuments(renderChart({ namespace: 'a' })).map((each) => each.toJS() as unknown)),
    ).toContain('"helm.sh/resource-policy":"keep"');
  });

  it('mounts what the settings name, and may change nothing where it only observes', () => {
    const volume = ['extraVolumes[0].name=ca', 'extraVolumes[0].secret.secretName=prometheus-ca'];
    const mount = ['extraVolumeMounts[0].name=ca', 'extraVolumeMounts[0].mountPath=/etc/prometheus-ca'];
    const set = [...volume, ...mount, 'observeOnly=true', 'backup.secrets=true'];
    const rendered = objectsOf(renderChart({ namespace: 'a', set }));
    const deployment = JSON.stringify(rendered.find(({ kind }) => kind === 'Deployment'));
    expect(deployment).toContain('{"mountPath":"/etc/prometheus-ca","name":"ca"}');
    expect(deployment).toContain('{"name":"ca","secret":{"secretName":"prometheus-ca"}}');
    const changing = rendered
      .flatMap(({ rules = [] }) => rules)
      .filter(({ verbs }) => verbs.some((verb) => !/^(get|list|watch)$/.test(verb)))
      .flatMap(({ resources }) => resources);
    const own = ['releases', 'releaseorders', 'releaseorders/status', 'releasepolicies/status', 'releases/status'];
    expect(changing).toEqual([...own, 'configmaps', 'events', 'leases']);
  });

  it('runs where only restricted pods may, and goes again', { timeout: 120_000 }, async () => {
    const namespace = await lab.namespace();
    const api = lab.api();
    const enforce = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await api.patch(`/api/v1/namespaces/${namespace}`, { metadata: { labels: enforce } });
    const pods = async () => (await api.list(`/api/v1/namespaces/${namespace}/pods`)).items;
    const bare = { containers: [{ name: 'a', image: 'a' }] };
    const refused = api.create(`/api/v1/namespaces/${namespace}/pods`, { metadata: { name: 'bare' }, spec: bare });
    await expect(refused).rejects.toThrow('violates PodSecurity "restricted');
    const kubeconfig = ['--kubeconfig', lab.kubeconfig('admin'), '--namespace', namespace];
    const notes = helm(['install', 'sluice', 'deploy/chart', ...kubeconfig, '--set', 'crds.install=false']);
    expect(notes).toContain(`kubectl -n ${namespace} get releasepolicies,releases`);
    await eventually(async () => (await pods()).length === 2);
    helm(['upgrade', 'sluice', 'deploy/chart', ...kubeconfig, '--set', 'crds.install=false,replicas=1']);
    await eventually(async () => (await pods()).length === 1);
    helm(['uninstall', 'sluice', ...kubeconfig]);
    await eventually(async () => (await pods()).length === 0);
  });

  it('is accepted as plain manifests', async () => {
    const namespace = await lab.namespace();
    for (const text of Object.values(manifests)) {
      const moved = text().replaceAll(/namespace: (sluice|shop)\b/g, `namespace: ${namespace}`);
      expect(applyText(lab, moved)).toContain('deployment.apps/sluice');
    }
    await lab.api().delete(`/apis/apps/v1/namespaces/${namespace}/deployments/sluice`);
  });
});
