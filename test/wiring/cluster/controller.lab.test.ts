/** The operator on a real control plane: a Deployment adopted, promoted and rolled back, with users behind Envoy all the while. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { folders, label } from '../../../src/workload/kubernetes/labels.ts';
import type { KubeObject } from '../../lab/api/api.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { istioGateway } from '../../lab/mesh/objects.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { addresses } from '../../lab/network/network.ts';
import { type Deployment, deployment, deploymentPath, sampleContainer } from '../../lab/sample-deployment.ts';
import { shippedAccount } from '../../lab/shipped-account.ts';
import { type AtEnd, suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { usersService } from '../../support/kubernetes-workload.ts';
import { startSluice } from '../../support/sluice-command.ts';
import { tempDir } from '../../support/temp-dir.ts';

interface Stood extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly stable?: string;
    readonly message?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

const patienceMs = 120_000;

const policySpec = {
  target: { deployment: 'app' },
  traffic: { istio: { virtualService: 'app', services: { stable: 'app-stable', canary: 'app-canary' } } },
  metrics: { source: 'pods' },
  rules: { inline: { error_rate: { threshold: '5%', window: '1m', alert: 'critical' } } },
  plan: {
    steps: [
      { weight: 25, bake: '1m' },
      { weight: 50, bake: '1m' },
      { weight: 100, bake: '1m' },
    ],
    readyWithin: '20m',
    scaleWithin: '20m',
    watchFor: '1m',
    drain: '10s',
    verify: 'config',
    whenUnjudgeable: 'hold',
  },
};

/** Users who never stop asking; every answer that is none of success is kept. */
function startUsers(host: string, atEnd: AtEnd) {
  const answers = { v1: 0, v2: 0, v3: 0, failed: [] as string[] };
  let isOver = false;
  const lane = async (): Promise<void> => {
    while (!isOver) {
      try {
        const { statusCode, headers, body } = await request(`http://${addresses.ingress}/`, { headers: { host } });
        await body.dump();
        const version = String(headers['x-version']);
        if (statusCode !== 200) answers.failed.push(`${statusCode} of ${version}`);
        if (version === 'v1' || version === 'v2' || version === 'v3') answers[version] += 1;
      } catch (error) {
        answers.failed.push(String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  };
  const lanes = Promise.all(Array.from({ length: 4 }, lane));
  const stop = async (): Promise<typeof answers> => {
    isOver = true;
    await lanes;
    return answers;
  };
  atEnd(stop);
  return { answers, stop };
}

describe.runIf(await needsLab())('sluice controller', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  });

  it('adopts, promotes and rolls back without a lost request, and gives back', { timeout: 600_000 }, async () => {
    const api = lab.api();
    const namespace = await lab.namespace();
    const host = `${namespace}.test`;
    const { services, pods } = folders(namespace);
    const policyPath = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies/app`;
    const routePath = `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices/app`;
    const target = deploymentPath(namespace, 'app');
    const push = (version: string, env: readonly { readonly name: string; readonly value: string }[] = []) =>
      api.patch(target, { spec: { template: { spec: { containers: [sampleContainer(version, { env })] } } } });
    const releases = async () =>
      (await api.list<Stood>(`/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releases`)).items;
    const policy = () => api.get<Stood>(policyPath);
    const ended = (count: number, phase: string) =>
      eventually(
        async () => {
          const all = await releases();
          return all.length === count && all.some(({ status }) => status?.phase === phase) ? all : null;
        },
        { withinMs: patienceMs },
      );

    await api.apply(target, deployment({ name: 'app', namespace, container: sampleContainer('v1'), replicas: 2 }));
    await api.apply(`${services}/app`, usersService());
    const settings = join(await tempDir(), 'settings.yaml');
    await writeFile(settings, stringify({ sources: { pods: { scrape: { interval: '250ms' } } } }));
    const words = ['controller', '--settings', settings, '--namespace', namespace, '--listen', '127.0.0.1:0'];
    const account = await shippedAccount(lab, namespace);
    const kubeconfig = ['--kubeconfig', account.kubeconfig, '--compress', '20', '--log-level', 'info'];
    const controller = startSluice([...words, ...kubeconfig], { atEnd });
    const log: string[] = [];
    for (const stream of [controller.child.stdout, controller.child.stderr])
      stream?.on('data', (chunk: Buffer) => void log.push(chunk.toString()));
    try {
      await api.apply(policyPath, {
        apiVersion: 'sluice.dev/v1alpha1',
        kind: 'ReleasePolicy',
        metadata: { name: 'app' },
        spec: policySpec,
      });
      await eventually(() => api.get(`${services}/app-stable`), { withinMs: patienceMs });
      const leg = (name: string, weight: number): object => ({
        destination: { host: `${name}.${namespace}.svc.cluster.local`, port: { number: 80 } },
        weight,
      });
      await api.apply(routePath, {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name: 'app' },
        spec: {
          hosts: [host],
          gateways: [istioGateway],
          http: [{ name: 'primary', route: [leg('app-stable', 100), leg('app-canary', 0)] }],
        },
      });
      const isReady = async (): Promise<boolean> =>
        (await policy()).status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
      await eventually(isReady, { withinMs: patienceMs });
      await eventually(async () => (await api.get<Deployment>(target)).spec.replicas === 0, { withinMs: patienceMs });
      const first = (await policy()).status?.stable ?? '';
      await eventually(async () => {
        const { statusCode, body } = await request(`http://${addresses.ingress}/`, { headers: { host } });
        await body.dump();
        return statusCode === 200;
      });

      const users = startUsers(host, atEnd);
      await eventually(() => users.answers.v1 > 50);
      await push('v2');
      await ended(1, 'succeeded');
      expect(users.answers.failed).toEqual([]);
      const second = (await policy()).status?.stable ?? '';
      expect(second).not.toBe(first);
      const weights = lab
        .audit()
        .filter(({ verb, requestURI }) => verb === 'patch' && requestURI.startsWith(`${routePath}?`))
        .map(({ responseObject }) => {
          const [rule] = (responseObject as { spec: { http: { route: { weight?: number }[] }[] } }).spec.http;
          return rule?.route[1]?.weight ?? 0;
        });
      expect(weights.filter((weight, index) => weight !== weights[index - 1] && weight > 0)).toEqual([25, 50, 100]);
      await eventually(() => users.answers.v2 > 0);

      await push('v3', [{ name: 'ERROR_RATE', value: '0.5' }]);
      await ended(2, 'rolledBack');
      const { status } = await policy();
      expect(status?.stable).toBe(second);
      const labels = async (selector: string) => {
        const query = `labelSelector=${encodeURIComponent(selector)}`;
        return (await api.list(`${pods}?${query}`)).items.map(({ metadata }) => metadata.labels ?? {});
      };
      // One pod of what failed is kept, and no Service knows it.
      const [kept, ...more] = await labels(label.kept);
      expect([kept, more.length]).toEqual([{ [label.kept]: 'app', 'pod-template-hash': expect.any(String) }, 0]);

      // How pods are rolled, and their restart, are no release: stable's pods follow at once.
      const podsOfStable = async () =>
        (await api.list(`${pods}?labelSelector=${label.revision}%3D${second}`)).items.map(
          ({ metadata }) => metadata.uid,
        );
      const old = await podsOfStable();
      const restart = { 'kubectl.kubernetes.io/restartedAt': new Date(Date.now() + 1_000).toISOString() };
      await api.patch(target, { spec: { minReadySeconds: 1, template: { metadata: { annotations: restart } } } });
      await eventually(
        async () => {
          const now = await podsOfStable();
          return now.length === 2 && now.every((uid) => !old.includes(uid));
        },
        { withinMs: patienceMs },
      );
      expect((await api.get<Deployment>(`${target}-${second}`)).spec).toMatchObject({
        minReadySeconds: 1,
        replicas: 2,
      });
      expect(await releases()).toHaveLength(2);
      const pageOf = async (service: string) =>
        (await api.get<KubeObject & { spec: { selector: Record<string, string> } }>(`${services}/${service}`)).spec;
      expect((await pageOf('app-stable')).selector[label.revision]).toBe(second);
      expect((await pageOf('app')).selector[label.revision]).toBe(second);
      const before = users.answers.v2;
      await eventually(() => users.answers.v2 > before + 20);
      expect(users.answers.failed.filter((each) => !each.endsWith('of v3'))).toEqual([]);
      users.answers.failed.length = 0;
      const events = await api.list<KubeObject & { reason: string }>(`/api/v1/namespaces/${namespace}/events`);
      expect(events.items.some(({ metadata }) => metadata.name.startsWith('app-'))).toBe(true);

      await api.delete(policyPath);
      await eventually(async () => (await api.list(policyPath.replace(/\/app$/, ''))).items.length === 0, {
        withinMs: patienceMs,
      });
      expect(await api.get<Deployment>(target)).toMatchObject({ spec: { replicas: 2 } });
      expect((await pageOf('app')).selector).toEqual({ app: 'app' });
      await eventually(async () => (await api.list(pods)).items.length === 2, { withinMs: patienceMs });
      expect((await users.stop()).failed).toEqual([]);
      controller.child.kill('SIGTERM');
      expect(await controller.exited).toBe(0);
      expect(account.refused()).toEqual([]);
    } catch (error) {
      const state = JSON.stringify({ policy: (await policy().catch(() => null))?.status, releases: await releases() });
      throw new Error(`${String(error)}\n${state.slice(0, 3_000)}\n${log.join('').slice(-6_000)}`, { cause: error });
    }
  });
});
