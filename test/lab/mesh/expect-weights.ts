/** What every route in a mesh must show in its requests. */
import { expect } from 'vitest';
import { must } from '../../support/proxy.ts';
import { expectThreeSigma } from '../../support/three-sigma.ts';
import type { Mesh } from './mesh.ts';
import { aMeshRoute, type MeshKind } from './mesh-route.ts';
import { writesOn } from './writes.ts';

/** So many requests a weight go by it; each weight is one write, and the object is as it was at the end. */
export async function expectWeightsInRequests(mesh: Mesh, kind: MeshKind, count: number): Promise<void> {
  const route = await aMeshRoute(mesh, kind);
  const before = await route.object();
  for (const percent of [25, 50, 100]) {
    must(await route.raise(percent));
    await expectThreeSigma(route.send, { percent, count });
  }
  must(await route.lower(0));
  await expectThreeSigma(route.send, { percent: 0, count });
  expect((await route.object())['spec']).toEqual(before['spec']);
  expect(writesOn(mesh.lab, route.path)).toEqual([200, 200, 200, 200]);
}
