/** A Deployment that an autoscaler sizes, delivered: each revision that serves is sized like it, and the original again when the policy is gone. */
import { expect, it } from 'vitest';
import { folders, label } from '../../../src/workload/kubernetes/labels.ts';
import type { KubeObject } from '../../lab/api/api.ts';
import { joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { type Deployment, deploymentPath } from '../../lab/sample-deployment.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { deliveredSpec } from '../../support/delivered-service.ts';
import { eventually } from '../../support/eventually.ts';
import { heldAt25, startPretendedFleet } from '../../support/pretended-fleet.ts';

interface Autoscaler extends KubeObject {
  readonly spec: {
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly scaleTargetRef: { readonly name: string };
  };
}

const patience = { withinMs: 120_000 };
const atEnd = suiteEnd();

it.runIf(await needsLab())(
  'sizes stable between its bounds, and the canary from what its step wants',
  { timeout: 300_000 },
  async () => {
    const lab = await joinLab(atEnd);
    const fleet = await startPretendedFleet(lab, atEnd);
    const { api, namespace } = fleet;
    const { autoscalers } = folders(namespace);
    const bounds = (minReplicas: number, maxReplicas: number): Promise<unknown> =>
      api.apply(`${autoscalers}/shop`, {
        ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'shop' } },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
          ...{ minReplicas, maxReplicas },
          metrics: [
            { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
          ],
        },
      });
    await bounds(2, 8);
    const plan = {
      ...heldAt25,
      steps: [
        { weight: 25, bake: '2h' },
        { weight: 100, bake: '5s' },
      ],
      watchFor: '2h',
    };
    const service = await fleet.serve('shop', deliveredSpec({ name: 'shop', plan }));
    const stable = await service.stable();
    const sizeOf = async (revision: string) =>
      (await api.get<Deployment>(deploymentPath(namespace, `shop-${revision}`))).spec.replicas;
    const copyOf = async (revision: string) =>
      (await api.list<Autoscaler>(`${autoscalers}?labelSelector=${label.revision}%3D${revision}`)).items[0]?.spec ??
      null;
    await eventually(() => copyOf(stable), patience);
    expect(await copyOf(stable)).toMatchObject({
      minReplicas: 2,
      maxReplicas: 8,
      scaleTargetRef: { name: `shop-${stable}` },
    });

    // Bounds are no release: the copy gets them at once, and the cluster's own autoscaler acts by it.
    await bounds(8, 9);
    await eventually(async () => (await sizeOf(stable)) === 8, patience);

    await service.push('v2');
    const { revision } = await service.until(({ applied }) => applied === 25);
    await eventually(async () => (await copyOf(revision))?.minReplicas === 2, patience);
    expect(await sizeOf(revision)).toBe(2);
    // As its autoscaler would, for load: nobody makes it smaller, and the release goes on.
    await api.patch(deploymentPath(namespace, `shop-${revision}`), { spec: { replicas: 5 } });
    await service.order('promote');
    await service.until(({ phase }) => phase === 'watching');
    await eventually(async () => (await copyOf(revision))?.minReplicas === 8, patience);
    expect(await sizeOf(revision)).toBeGreaterThanOrEqual(8);
    await eventually(async () => (await copyOf(stable)) === null, patience);

    await api.delete(service.policyPath);
    await eventually(
      () =>
        service.policy().then(
          () => false,
          () => true,
        ),
      patience,
    );
    await eventually(
      async () => (await api.get<Deployment>(deploymentPath(namespace, 'shop'))).spec.replicas >= 2,
      patience,
    );
    await eventually(async () => (await api.list(autoscalers)).items.length === 1, patience);
    expect(fleet.refused()).toEqual([]);
  },
);
