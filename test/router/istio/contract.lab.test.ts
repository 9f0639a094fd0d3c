/** The VirtualService's router on a real API server, istiod and Envoy: what it writes is what requests do. */
import { beforeAll, describe } from 'vitest';
import { ViewedClient } from '../../../src/kube/viewed-client.ts';
import { routerContract } from '../../contract/router.ts';
import { clientOf } from '../../lab/client-of.ts';
import { joinLab } from '../../lab/joined-lab.ts';
import { betweenServices } from '../../lab/mesh/istio-kinds.ts';
import { type Mesh, startMesh } from '../../lab/mesh/mesh.ts';
import { aMeshRoute } from '../../lab/mesh/mesh-route.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { suiteEnd } from '../../support/at-end.ts';

describe.runIf(await needsLab())('through istiod and Envoy', () => {
  const atEnd = suiteEnd();
  let mesh: Mesh;

  beforeAll(async () => {
    const lab = await joinLab(atEnd);
    // What is last heard must never be behind what was written.
    const client = new ViewedClient({ client: clientOf(lab, 'sluice'), relistEveryMs: 300_000 });
    atEnd(() => client.close());
    mesh = { ...(await startMesh(lab)), client };
  });

  routerContract('istio', async () => {
    const { router, send } = await aMeshRoute(mesh, betweenServices);
    return {
      router,
      send: async (requests) => answered(await send(requests)),
      // Envoy throws dice for each request: almost five standard deviations of a hundred at 50 %.
      offBy: 24,
      dataPlane: 'tells nothing',
    };
  });
});

function answered(answers: readonly ('stable' | 'canary' | 'failed')[]): readonly ('stable' | 'canary')[] {
  return answers.map((answer) => {
    if (answer === 'failed') throw new Error('a request failed');
    return answer;
  });
}
