/** A restore beside Argo CD and Flux on a real API server, under exactly the shipped role: what it suspends is suspended, and what it says resumes it. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { KubernetesSnapshots } from '../../src/backup/kubernetes.ts';
import { openAccess } from '../../src/kube/access.ts';
import { KubeClient } from '../../src/kube/client.ts';
import { ok } from '../../src/lib/result.ts';
import { folders } from '../../src/workload/kubernetes/labels.ts';
import { copyName } from '../../src/workload/kubernetes/revision-deployment.ts';
import { configNames, intentOf } from '../../src/workload/kubernetes/snapshot.ts';
import { value } from '../contract/store.ts';
import { renderChart } from '../deploy/rendered.ts';
import type { KubeObject } from '../lab/api/api.ts';
import { applyDefinitions } from '../lab/apply-definitions.ts';
import { applyGitOpsDefinitions } from '../lab/gitops-definitions.ts';
import { type JoinedLab, joinLab } from '../lab/joined-lab.ts';
import { needsLab } from '../lab/needs-lab.ts';
import { fileOf } from '../lab/parts/parts.ts';
import { deployment, deploymentPath } from '../lab/sample-deployment.ts';
import { applyText, shippedAccount } from '../lab/shipped-account.ts';
import { atTestEnd } from '../support/at-end.ts';
import { aClusterSpec } from '../support/cluster-policy.ts';

interface Managed extends KubeObject {
  readonly spec: { readonly syncPolicy?: { readonly automated?: object }; readonly suspend?: boolean };
}

const container = (image: string): object => ({
  ...{ name: 'app', image },
  envFrom: [{ configMapRef: { name: 'flags' } }, { configMapRef: { name: 'prices' } }],
});

/** What the managers of `by` apply in `namespace`; the Deployment is Argo CD's, a ConfigMap is each of Flux' two. */
async function managed(lab: JoinedLab, namespace: string, by: string) {
  const api = lab.api();
  const flux = { kustomize: 'kustomize.toolkit.fluxcd.io', helm: 'helm.toolkit.fluxcd.io' } as const;
  const paths = {
    application: `/apis/argoproj.io/v1alpha1/namespaces/${by}/applications/shop`,
    kustomization: `/apis/${flux.kustomize}/v1/namespaces/${by}/kustomizations/flags`,
    helmRelease: `/apis/${flux.helm}/v2/namespaces/${by}/helmreleases/prices`,
  } as const;
  await api.apply(paths.application, {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'shop' } },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace },
      source: { repoURL: 'https://git.example.com/shop.git', path: '.' },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
    status: { sync: { status: 'Synced', revision: '3f2a91' } },
  });
  const source = { kind: 'GitRepository', name: 'fleet' };
  await api.apply(paths.kustomization, {
    ...{ apiVersion: `${flux.kustomize}/v1`, kind: 'Kustomization', metadata: { name: 'flags' } },
    spec: { interval: '10m', prune: true, sourceRef: source },
  });
  await api.patch(`${paths.kustomization}/status`, { status: { lastAppliedRevision: 'main@sha1:77aa' } });
  await api.apply(paths.helmRelease, {
    ...{ apiVersion: `${flux.helm}/v2`, kind: 'HelmRelease', metadata: { name: 'prices' } },
    spec: { interval: '10m', chartRef: { ...source, kind: 'OCIRepository' } },
  });
  await api.patch(`${paths.helmRelease}/status`, { status: { lastAttemptedRevision: '1.4.0' } });
  const mapOf = (name: string, manager: keyof typeof flux, text: string) =>
    api.apply(`${folders(namespace).configMaps}/${name}`, {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { TEXT: text } },
      metadata: { name, labels: { [`${flux[manager]}/name`]: name, [`${flux[manager]}/namespace`]: by } },
    });
  const annotations = { 'argocd.argoproj.io/tracking-id': `${by}_shop:apps/Deployment:${namespace}/app` };
  const version = async (image: string): Promise<void> => {
    await mapOf('flags', 'kustomize', image);
    await mapOf('prices', 'helm', image);
    const object = deployment({ name: 'app', namespace, container: container(image) as never, replicas: 0 });
    await api.apply(deploymentPath(namespace, 'app'), {
      ...object,
      metadata: { ...(object as KubeObject).metadata, annotations },
    });
  };
  return { paths, version };
}

it.runIf(await needsLab('bare'))('a restore suspends what applies its objects, or writes nothing', async () => {
  const lab = await joinLab(atTestEnd);
  const api = lab.api();
  await applyDefinitions(api);
  await applyGitOpsDefinitions(api);
  const [namespace, by] = [await lab.namespace(), await lab.namespace()];
  const policy = { apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleasePolicy', metadata: { name: 'app' } };
  const path = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies/app`;
  await api.apply(path, { ...policy, spec: aClusterSpec });
  const { metadata } = await api.get(path);
  const { paths, version } = await managed(lab, namespace, by);
  await version('app:v1');
  const account = await shippedAccount(lab, namespace);
  const client = new KubeClient(value(openAccess({ kind: 'file', path: account.kubeconfig })));
  const stable = value(await client.get(deploymentPath(namespace, 'app')));
  const snapshots = new KubernetesSnapshots({
    ...{ client, namespace, policy: 'app', deployment: 'app', secrets: 'excluded', epoch: 7, learn: () => undefined },
    owner: { apiVersion: policy.apiVersion, kind: policy.kind, name: 'app', uid: metadata.uid },
    delivered: () => Promise.resolve(ok({ template: intentOf(stable)?.template ?? {}, config: [] })),
    template: { of: (object) => intentOf(object)?.template ?? null, configNames, copyName },
  });
  value(await snapshots.take({ revision: 'v1', nowMs: 1_000 }));
  await version('app:v2');
  const order = { to: null, overwrite: ['all'] };
  const texts = async (): Promise<string> => JSON.stringify((await api.list(folders(namespace).configMaps)).items);

  // The chart's role reaches no other namespace by itself.
  const before = await texts();
  expect(await snapshots.restore(order)).toMatchObject({
    error: {
      reason: 'GitOpsNotSuspended',
      message: expect.stringMatching(
        new RegExp(`lacks verb "get" on \\w+[.\\w]* in namespace ${by}: name that in the chart's gitops.namespaces`),
      ),
    },
  });
  expect(await texts()).toBe(before);

  applyText(lab, renderChart({ namespace, set: [`gitops.namespaces={${by}}`], only: ['gitops'] }));
  const { items, remarks } = value(await snapshots.restore(order));
  expect(items.map(({ name, state }) => `${name} ${state}`).toSorted()).toEqual([
    ...['ConfigMap flags done', 'ConfigMap prices done', 'Deployment app done'],
  ]);
  const spec = async (of: keyof typeof paths) => (await api.get<Managed>(paths[of])).spec;
  expect((await spec('application')).syncPolicy?.automated).toBeUndefined();
  expect([(await spec('kustomization')).suspend, (await spec('helmRelease')).suspend]).toEqual([true, true]);
  const said = remarks.join('\n');
  for (const applied of ['3f2a91 of https://git.example.com/shop.git', 'main@sha1:77aa of fleet', '1.4.0 of fleet'])
    expect(said).toContain(`it applied ${applied}`);

  // As people do it who read that.
  for (const [, words = ''] of said.matchAll(/then resume it: kubectl (.*)$/gm)) {
    const [, head = '', patch = ''] = /^(.*) -p '(.*)'$/.exec(words) ?? [];
    const kubectl = ['--kubeconfig', lab.kubeconfig('admin'), ...head.split(' '), '-p', patch];
    execFileSync(fileOf('kubernetes', 'kubectl'), kubectl);
  }
  expect((await spec('application')).syncPolicy?.automated).toEqual({ prune: true, selfHeal: true });
  expect([(await spec('kustomization')).suspend, (await spec('helmRelease')).suspend]).toEqual([false, false]);
  for (const each of Object.values(paths))
    expect((await api.get(each)).metadata).not.toHaveProperty(['annotations', 'sluice.dev/suspended']);
});
