/** An object that splits traffic, on a server that keeps objects, and requests that go by its weights. */
import type { KubeClient } from '../../src/kube/client.ts';
import type { Router } from '../../src/router/router.ts';
import type { RouterUnderTest } from '../contract/router.ts';
import { startKubeObjects } from './kube-objects.ts';
import { putSlices } from './service-slices.ts';

export interface ClusterSplit {
  /** Of the object, in the API. */
  readonly path: string;
  readonly spec: object;
  router(client: KubeClient): Router;
  /** Canary's weight in the object's spec. */
  canary(spec: unknown): number | undefined;
}

export async function aClusterSplit({ path, spec, router, canary }: ClusterSplit): Promise<RouterUnderTest> {
  const objects = await startKubeObjects();
  objects.put(path, { metadata: { namespace: 'shop' }, spec });
  putSlices(objects);
  let dealt = 0;
  return {
    router: router(objects.server.client()),
    send: async (requests) => {
      const weight = canary(objects.at(path)['spec']) ?? Number.NaN;
      return Array.from({ length: requests }, () => (dealt++ % 100 < weight ? 'canary' : 'stable'));
    },
    offBy: 0,
    dataPlane: 'tells nothing',
  };
}
