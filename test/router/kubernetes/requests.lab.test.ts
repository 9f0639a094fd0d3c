/** Requests by the weights of an HTTPRoute of a Gateway and of a TraefikService, through Traefik. */
import { beforeAll, describe, it } from 'vitest';
import { joinLab } from '../../lab/joined-lab.ts';
import { expectWeightsInRequests } from '../../lab/mesh/expect-weights.ts';
import { type Mesh, startMesh } from '../../lab/mesh/mesh.ts';
import { routeOfGateway, traefikService } from '../../lab/mesh/traefik-kinds.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { suiteEnd } from '../../support/at-end.ts';

describe.runIf(await needsLab())(
  'requests go by the weights, each is one write, and the object is as it was at the end',
  () => {
    const atEnd = suiteEnd();
    let mesh: Mesh;

    beforeAll(async () => {
      mesh = await startMesh(await joinLab(atEnd));
    });

    it.each([
      ['an HTTPRoute of a Gateway, through Traefik', routeOfGateway, 500],
      ['a TraefikService', traefikService, 500],
    ])('of %s', (_title, kind, count) => expectWeightsInRequests(mesh, kind, count));
  },
);
