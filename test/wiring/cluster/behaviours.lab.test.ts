/** What the operator does with changes that people make meanwhile: images that are not there, changes of mind, configuration, policies that go. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { folders, label } from '../../../src/workload/kubernetes/labels.ts';
import type { KubeObject } from '../../lab/api/api.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { fakeAnnotation } from '../../lab/kubelet/pod.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { type Deployment, deployment, deploymentPath } from '../../lab/sample-deployment.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { deliveredSpec, splitRoute } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { startSluice } from '../../support/sluice-command.ts';
import { tempDir } from '../../support/temp-dir.ts';

interface Stood extends KubeObject {
  readonly spec: { readonly revision?: string };
  readonly status?: {
    readonly phase?: string;
    readonly stable?: string;
    readonly message?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  };
}

const patience = { withinMs: 120_000 };

const policySpec = deliveredSpec({
  plan: {
    steps: [
      { weight: 25, bake: '1h' },
      { weight: 100, bake: '1m' },
    ],
    readyWithin: '2h',
    scaleWithin: '2h',
    drain: '10s',
    verify: 'config',
    whenUnjudgeable: 'hold',
  },
});

const container = (image: string): object => ({
  name: 'app',
  image,
  envFrom: [{ configMapRef: { name: 'app-config' } }],
});

async function aService(lab: JoinedLab, atEnd: ReturnType<typeof suiteEnd>) {
  const api = lab.api();
  const namespace = await lab.namespace();
  const { services, configMaps } = folders(namespace);
  const group = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}`;
  const target = deploymentPath(namespace, 'app');
  const annotations = { [fakeAnnotation]: 'ready' };
  const config = (greeting: string): object => ({
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'app-config' } },
    data: { GREETING: greeting },
  });
  await api.apply(`${configMaps}/app-config`, config('hello'));
  const first = deployment({ name: 'app', namespace, container: container('app:v1') as never, annotations });
  await api.apply(target, first);
  await api.apply(`${services}/app`, {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'app' } },
    spec: { selector: { app: 'app' }, ports: [{ name: 'http', port: 80 }] },
  });
  await api.apply(
    `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices/app`,
    splitRoute({ namespace }),
  );
  const policy = (name: string): object => ({
    ...{ apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleasePolicy', metadata: { name } },
    spec: policySpec,
  });
  await api.apply(`${group}/releasepolicies/app`, policy('app'));
  const settings = join(await tempDir(), 'settings.yaml');
  await writeFile(settings, stringify({ sources: { pods: { scrape: { interval: '250ms' } } } }));
  const words = ['controller', '--settings', settings, '--namespace', namespace, '--listen', '127.0.0.1:0'];
  const few = ['--keep', '1', '--compress', '60', '--log-level', 'warn'];
  startSluice([...words, '--kubeconfig', lab.kubeconfig('admin'), ...few], { atEnd });
  const status = async (name = 'app') => (await api.get<Stood>(`${group}/releasepolicies/${name}`)).status;
  const releases = async () => (await api.list<Stood>(`${group}/releases`)).items;
  return {
    ...{ api, config, configMaps, group, namespace, policy, releases, services, status, target },
    // An image that is missing is so for a pod with a process only.
    push: (image: string) =>
      api.patch(target, {
        spec: {
          template: {
            metadata: { annotations: { [fakeAnnotation]: image.startsWith('missing/') ? null : 'ready' } },
            spec: { containers: [container(image)] },
          },
        },
      }),
    condition: async (type: string, name = 'app') =>
      (await status(name))?.conditions?.find((each) => each.type === type),
    newest: async (known: readonly string[]) =>
      (await releases()).find(({ metadata }) => !known.includes(metadata.name)) ?? null,
  };
}

describe.runIf(await needsLab())('changes that people make', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  });

  it('are delivered, taken back, or refused, and stable serves all the while', { timeout: 400_000 }, async () => {
    const of = await aService(lab, atEnd);
    const { api, condition, newest, releases, services, status, target } = of;
    await eventually(async () => (await condition('Ready'))?.status === 'True', patience);
    await eventually(async () => (await api.get<Deployment>(target)).spec.replicas === 0, patience);
    const stable = (await status())?.stable ?? '';
    const known: string[] = [];
    const begun = async (): Promise<string> => {
      const release = await eventually(() => newest(known), patience);
      known.push(release.metadata.name);
      return release.metadata.name;
    };
    const phaseOf = async (name: string) =>
      (await releases()).find(({ metadata }) => metadata.name === name)?.status?.phase ?? '';
    const isOver = async (name: string): Promise<boolean> =>
      ['failed', 'rolledBack', 'succeeded'].includes(await phaseOf(name));
    const revisionOf = async (name: string): Promise<string> =>
      (await releases()).find(({ metadata }) => metadata.name === name)?.spec.revision ?? '';
    const hasPods = async (name: string): Promise<boolean> =>
      (await api.get<Deployment>(`${target}-${await revisionOf(name)}`)).status.readyReplicas === 1;
    const selected = async (service: string) =>
      (await api.get<KubeObject & { spec: { selector: Record<string, string> } }>(`${services}/${service}`)).spec
        .selector;

    // A younger policy for the same Deployment and route has nothing to say.
    await api.apply(`${of.group}/releasepolicies/zebra`, of.policy('zebra'));
    await eventually(async () => (await condition('Stalled', 'zebra'))?.reason === 'TakenByOther', patience);
    await api.delete(`${of.group}/releasepolicies/zebra`);

    await of.push('missing/app:v2');
    const missing = await begun();
    await eventually(() => isOver(missing), patience);
    expect((await status())?.stable).toBe(stable);

    // Back to what stable runs: what is under way has nothing to go to.
    await of.push('app:v3');
    const withdrawn = await begun();
    await eventually(() => hasPods(withdrawn), patience);
    await of.push('app:v1');
    await eventually(() => isOver(withdrawn), patience);
    expect(await phaseOf(withdrawn)).not.toBe('succeeded');
    // One that ended is kept here, the newest.
    await eventually(async () => (await releases()).every(({ metadata }) => metadata.name !== missing), patience);
    expect((await selected('app-stable'))[label.revision]).toBe(stable);

    // Nothing but a ConfigMap changed: that is a release, and its pods have a copy of their own.
    await api.apply(`${of.configMaps}/app-config`, of.config('good morning'));
    const configured = await begun();
    const revision = await revisionOf(configured);
    const copy = await api.get<KubeObject & { data: object }>(`${of.configMaps}/app-config-${revision}`);
    expect(copy.data).toEqual({ GREETING: 'good morning' });

    // The policy goes in the middle of it.
    await eventually(() => hasPods(configured), patience);
    await api.delete(`${of.group}/releasepolicies/app`);
    await eventually(async () => (await api.list(`${of.group}/releasepolicies`)).items.length === 0, patience);
    expect(await api.get<Deployment>(target)).toMatchObject({ spec: { replicas: 1 } });
    expect(await selected('app')).toEqual({ app: 'app' });
    expect(await selected('app-stable')).toEqual({ app: 'app' });
  });
});
