/** Requests through Traefik, by the weights of an HTTPRoute of its Gateway and of a TraefikService. */
import { beforeAll, describe, expect, it } from 'vitest';
import { joinLab } from '../../lab/joined-lab.ts';
import { type Mesh, startMesh } from '../../lab/mesh/mesh.ts';
import { aMeshRoute } from '../../lab/mesh/mesh-route.ts';
import { routeOfGateway, traefikService } from '../../lab/mesh/traefik-kinds.ts';
import { writesOn } from '../../lab/mesh/writes.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { must } from '../../support/proxy.ts';
import { expectThreeSigma } from '../../support/three-sigma.ts';

describe.runIf(await needsLab())('through Traefik', () => {
  const atEnd = suiteEnd();
  let mesh: Mesh;

  beforeAll(async () => {
    mesh = await startMesh(await joinLab(atEnd));
  });

  it.each([
    ['an HTTPRoute', routeOfGateway],
    ['a TraefikService', traefikService],
  ])(
    '%s splits requests by its weights, with one write for each, and is as it was at the end',
    async (_title, kind) => {
      const route = await aMeshRoute(mesh, kind);
      const before = await route.object();
      for (const percent of [25, 50, 100]) {
        must(await route.raise(percent));
        await expectThreeSigma(route.send, { percent, count: 500 });
      }
      must(await route.lower(0));
      await expectThreeSigma(route.send, { percent: 0, count: 500 });
      expect((await route.object())['spec']).toEqual(before['spec']);
      expect(writesOn(mesh.lab, route.path)).toEqual([200, 200, 200, 200]);
    },
  );
});
