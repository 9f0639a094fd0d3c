/** What the workload does to the objects of a real API server, besides what every workload must do. */
import { beforeAll, describe, expect, it } from 'vitest';
import { folders, label } from '../../../src/workload/kubernetes/labels.ts';
import { KubernetesTarget } from '../../../src/workload/kubernetes-target.ts';
import type { KubeObject } from '../../lab/api/api.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { type Deployment, deployment, deploymentPath, sampleContainer } from '../../lab/sample-deployment.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { aKubernetesWorld, podsSpec, sampleSpec, services } from '../../support/kubernetes-workload.ts';
import { must } from '../../support/proxy.ts';

interface Service extends KubeObject {
  readonly spec: { readonly selector: Readonly<Record<string, string>>; readonly ports: readonly object[] };
}

/** Ready without a process. */
const fake = (version: string) => {
  const spec = podsSpec({ name: 'app', image: `app:${version}` });
  const metadata = { labels: { app: 'app' }, annotations: { 'lab.sluice.dev/fake': 'ready' } };
  return { ...spec, template: { ...spec.template, metadata } };
};

describe.runIf(await needsLab('bare'))('a workload of a real cluster', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  });

  const serving = async (v1 = fake('v1')) => {
    const world = await aKubernetesWorld(lab);
    must(await world.workload.ensure('v1', v1, 1));
    await world.allReady('v1');
    must(await world.workload.serve('stable', 'v1', 1));
    const service = (name: string) => lab.api().get<Service>(`${folders(world.namespace).services}/${name}`);
    return { ...world, service };
  };

  it("makes stable's and the canary's Service after users' own, and takes users along", async () => {
    const { service, workload } = await serving();
    const users = await service('app');
    const stable = await service(services.stable);
    expect(stable.spec.selector).toEqual({ [label.policy]: 'app', [label.revision]: 'v1' });
    expect(users.spec.selector).toEqual(stable.spec.selector);
    expect(users.metadata.annotations?.['sluice.dev/selector']).toBe('{"app":"app"}');
    expect(stable.spec.ports).toMatchObject([{ name: 'http', port: 80, targetPort: 8080 }]);
    must(await workload.serve('canary', null, 1));
    expect((await service(services.canary)).spec.selector[label.revision]).toBe('none');
  });

  it("puts users' Service back when somebody moves it, and says when stable's was moved", async () => {
    const { service, namespace, workload } = await serving();
    const path = (name: string): string => `${folders(namespace).services}/${name}`;
    await lab.api().patch(path('app'), { spec: { selector: { [label.revision]: null, app: 'app' } } });
    await eventually(async () => (await service('app')).spec.selector[label.revision] === 'v1');
    await lab.api().patch(path(services.stable), { spec: { selector: { extra: 'word' } } });
    await eventually(async () => must(await workload.observe()).serving.stable === null);
    must(await workload.serve('stable', 'v1', 1));
    expect(Object.keys((await service(services.stable)).spec.selector)).toHaveLength(2);
  });

  it('writes nothing any more once a later controller has', async () => {
    const { open, workload, service, allReady } = await serving();
    const later = open(7);
    must(await later.ensure('v2', fake('v2'), 1));
    await allReady('v2');
    must(await later.serve('stable', 'v2', 7));
    expect(await workload.serve('stable', 'v1', 1)).toMatchObject({ ok: false, error: { reason: 'Fenced' } });
    expect(await workload.ensure('v2', fake('v2'), 5)).toMatchObject({ ok: false, error: { reason: 'Fenced' } });
    expect((await service(services.stable)).spec.selector[label.revision]).toBe('v2');
  });

  it('keeps the last three revisions without pods, and runs nothing else under their names', async () => {
    const { namespace, workload } = await serving();
    for (const revision of ['a', 'b', 'c', 'd', 'e']) {
      must(await workload.ensure(revision, fake(revision), 1));
      must(await workload.ensure(revision, fake(revision), 0));
    }
    const left = await lab.api().list<Deployment>(folders(namespace).deployments);
    const idle = left.items.filter(({ spec }) => spec.replicas === 0);
    expect(idle).toHaveLength(3);
    expect(left.items).toHaveLength(4);
    const [kept] = idle;
    const revision = kept?.metadata.labels?.[label.revision] ?? '';
    expect(await workload.ensure(revision, fake('other'), 1)).toMatchObject({ error: { reason: 'RevisionChanged' } });
    must(await workload.ensure(revision, fake(revision), 1));
  });

  it('makes nothing of a Deployment that is not its own', async () => {
    const { namespace, workload } = await serving();
    const path = deploymentPath(namespace, 'app-v5');
    await lab
      .api()
      .apply(path, deployment({ name: 'app-v5', namespace, container: sampleContainer('v5'), replicas: 0 }));
    expect(await workload.ensure('v5', fake('v5'), 1)).toMatchObject({ error: { reason: 'ForeignDeployment' } });
    expect((await lab.api().get<Deployment>(path)).spec.replicas).toBe(0);
  });

  it('says that a pod crashes again and again', async () => {
    const { workload } = await serving();
    must(await workload.ensure('v2', podsSpec({ name: 'app', image: 's:1', command: ['sh', '-c', 'exit 3'] }), 1));
    const failure = await eventually(async () => {
      const { revisions } = must(await workload.observe());
      return revisions.find(({ revision }) => revision === 'v2')?.failure;
    });
    expect(failure).toMatchObject({ reason: 'CrashLoop', message: expect.stringContaining('code 3') });
  });

  describe('the Deployment that people write', () => {
    const aTarget = async () => {
      const world = await aKubernetesWorld(lab);
      const { client, view, namespace } = world;
      const policy = await lab.api().get(`/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies/app`);
      const owner = { namespace, policy: 'app', uid: policy.metadata.uid };
      const target = new KubernetesTarget({ client, view, owner, target: 'app', epoch: 1 });
      const path = deploymentPath(namespace, 'app');
      const settings = (greeting: string) =>
        lab.api().apply(`${folders(namespace).configMaps}/settings`, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'settings' },
          data: { greeting },
        });
      await settings('hello');
      const env = [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'settings', key: 'greeting' } } }];
      await lab
        .api()
        .apply(path, deployment({ name: 'app', namespace, container: sampleContainer('v1', { env }), replicas: 2 }));
      const wish = await eventually(() => {
        const read = target.wish();
        return read.ok && read.value.spec.config.length === 1 ? read.value : null;
      });
      return { ...world, target, path, settings, wish };
    };

    it('asks for another revision when a ConfigMap changes, and pods keep the one they were cut with', async () => {
      const { allReady, namespace, settings, target, wish, workload } = await aTarget();
      must(await target.prepare(wish));
      await settings('goodbye');
      const next = await eventually(() => {
        const read = target.wish();
        return read.ok && read.value.revision !== wish.revision ? read.value : null;
      });
      expect(next.spec.template).toEqual(wish.spec.template);
      expect(await target.prepare(wish)).toMatchObject({ error: { reason: 'WishChanged' } });
      must(await workload.ensure(wish.revision, wish.spec, 1));
      await allReady(wish.revision);
      const copy = await lab
        .api()
        .get<KubeObject & { data: object }>(`${folders(namespace).configMaps}/settings-${wish.revision}`);
      expect(copy.data).toEqual({ greeting: 'hello' });
    });

    it('is no other revision by what the server adds to it', async () => {
      const { target, wish } = await aTarget();
      const bare = podsSpec(
        sampleContainer('v1', {
          env: [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'settings', key: 'greeting' } } }],
        }),
        { config: ['settings'] },
      );
      expect(bare.template).not.toEqual(wish.spec.template);
      must(await target.prepare(wish));
      // As soon as its copy of the ConfigMap is heard of.
      await eventually(async () => must(await target.isSame(wish, wish.revision, bare)));
      expect(must(await target.isSame(wish, wish.revision, { ...bare, template: sampleSpec('v2').template }))).toBe(
        false,
      );
    });

    it('is not taken over where another controller keeps the autoscaler that sizes it', async () => {
      const { namespace, path, target } = await aTarget();
      must(await target.free());
      const scaler = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/size`;
      const spec = { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' } };
      const kind = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
      await lab.api().apply(scaler, { ...kind, metadata: { name: 'size' }, spec });
      must(await target.free());
      const { uid } = (await lab.api().get(path)).metadata;
      const keeper = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app', uid, controller: true };
      await lab.api().apply(scaler, { ...kind, metadata: { name: 'size', ownerReferences: [keeper] }, spec });
      expect(await target.free()).toMatchObject({ error: { reason: 'Autoscaled' } });
    });

    it('is taken to no pods, gets its pods back, and is not fought over', async () => {
      const { path, target, wish } = await aTarget();
      const scaled = async (replicas: number) => {
        await eventually(async () => (await lab.api().get<Deployment>(path)).spec.replicas === replicas);
        await eventually(() => must(target.wish()).standing === (replicas === 0 ? 'down' : 'up'));
      };
      must(await target.standDown(0));
      await scaled(0);
      expect(must(target.wish())).toMatchObject({ revision: wish.revision, spec: { replicas: 2 } });
      await lab
        .api()
        .apply(path, deployment({ name: 'app', namespace: '', container: sampleContainer('v2'), replicas: 0 }));
      await eventually(() => must(target.wish()).revision !== wish.revision);
      await eventually(async () => must(await target.standUp(wish.revision, wish.spec)) === 'ready');
      expect(await lab.api().get<Deployment>(path)).toMatchObject({ spec: { replicas: 2 } });
      expect(must(target.wish()).revision).toBe(wish.revision);
      must(await target.standDown(1_000));
      for (const nowMs of [2_000, 3_000, 4_000]) {
        await scaled(0);
        await lab.api().patch(path, { spec: { replicas: 5 } });
        await scaled(5);
        must(await target.standDown(nowMs));
      }
      await scaled(0);
      await lab.api().patch(path, { spec: { replicas: 5 } });
      await scaled(5);
      expect(await target.standDown(5_000)).toMatchObject({ error: { reason: 'IntentScaled' } });
    });
  });
});
