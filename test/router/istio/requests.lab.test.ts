/** Two thousand requests a weight through Envoy, one write for each change, whatever the pods do meanwhile. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { RouteState } from '../../../src/router/router.ts';
import { joinLab } from '../../lab/joined-lab.ts';
import { expectWeightsInRequests } from '../../lab/mesh/expect-weights.ts';
import { betweenServices, betweenSubsets } from '../../lab/mesh/istio-kinds.ts';
import { type Mesh, scale, startMesh } from '../../lab/mesh/mesh.ts';
import { aMeshRoute, type MeshRoute } from '../../lab/mesh/mesh-route.ts';
import { writesOn } from '../../lab/mesh/writes.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { type PodSeen, podsOf } from '../../lab/sample-deployment.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { must } from '../../support/proxy.ts';
import { expectThreeSigma } from '../../support/three-sigma.ts';

const kinds = [
  ['Services, in a route by its name', betweenServices, 2_000],
  ['subsets', betweenSubsets, 500],
] as const;

describe.runIf(await needsLab())('a VirtualService between', () => {
  const atEnd = suiteEnd();
  let mesh: Mesh;

  beforeAll(async () => {
    mesh = await startMesh(await joinLab(atEnd));
  });

  describe.each(kinds)('%s', (_title, kind, count) => {
    it('splits requests by its weights, with one write for each, and is as it was at the end', () =>
      expectWeightsInRequests(mesh, kind, count));

    it('is lowered with one write while pods of the canary come and go, and no request is for it afterwards', async () => {
      const route = await aMeshRoute(mesh, kind);
      must(await route.raise(50));
      await route.send(20);
      const churn = { isOver: false };
      const pods = podsOf(mesh.lab, mesh.namespace, 'version=canary');
      const api = mesh.lab.api();
      const churning = (async () => {
        while (!churn.isOver)
          for (const { metadata } of (await pods()).filter(isLeft))
            await api.delete(`/api/v1/namespaces/${mesh.namespace}/pods/${metadata.name}`);
      })();
      await eventually(async () => (await pods()).some((pod) => !isLeft(pod)));
      must(await route.lower(0));
      const answers = await route.send(200);
      churn.isOver = true;
      await churning;
      expect(answers.filter((answer) => answer !== 'stable')).toEqual([]);
      expect(writesOn(mesh.lab, route.path)).toEqual([200, 200]);
    });

    it('is not raised towards a canary without pods, nor lowered to a stable without pods, and nothing is written', async () => {
      const route = await aMeshRoute(mesh, kind);
      await scale(mesh, 'canary', 0);
      await until(route, { canaryReady: false });
      expect(await route.raise(25)).toMatchObject({ ok: false, error: { reason: 'Refused' } });
      await scale(mesh, 'canary', 1);
      await until(route, { canaryReady: true });
      must(await route.raise(100));
      await scale(mesh, 'stable', 0);
      await until(route, { stableReady: false });
      expect(await route.lower(0)).toMatchObject({ ok: false, error: { reason: 'Refused' } });
      await scale(mesh, 'canary', 0);
      await scale(mesh, 'stable', 1);
      await until(route, { stableReady: true });
      await until(route, { canaryReady: false });
      must(await route.lower(0));
      // A stable that had no pod is known to the API server before the mesh has its address.
      await eventually(async () => (await route.send(20)).every((answer) => answer === 'stable'));
      await expectThreeSigma(route.send, { percent: 0, count: 100 });
      await scale(mesh, 'canary', 1);
      expect(writesOn(mesh.lab, route.path)).toEqual([200, 200]);
    });
  });

  const isLeft = ({ metadata }: PodSeen): boolean => metadata.deletionTimestamp === undefined;

  const until = (route: MeshRoute, state: Partial<RouteState>): Promise<unknown> =>
    eventually(async () => {
      expect(must(await route.router.observe())).toMatchObject(state);
      return true;
    });
});
