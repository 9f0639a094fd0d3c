/** A VirtualService between two Services with an endpoint each, on a server that keeps objects, and its router. */
import type { ClientOptions } from '../../src/kube/client.ts';
import type { SplitOrder } from '../../src/router/istio/virtual-service.ts';
import { istioRouter } from '../../src/router/istio.ts';
import type { KubernetesRouter } from '../../src/router/kubernetes-route.ts';
import { type KubeObjects, type StoredObject, startKubeObjects } from './kube-objects.ts';
import { putSlices } from './service-slices.ts';

export const routePath = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/app';

/** By host, in the order in which a route is mostly written. */
export const twoServices: SplitOrder = {
  destinations: { stable: { host: 'app-stable', subset: null }, canary: { host: 'app-canary', subset: null } },
  protocol: 'http',
  routes: null,
};

export const leg = (host: string, weight: number, more: object = {}): object => ({
  destination: { host, port: { number: 80 } },
  weight,
  ...more,
});

export interface IstioRoute {
  readonly objects: KubeObjects;
  readonly router: KubernetesRouter;
  virtualService(): StoredObject;
}

export async function anIstioRoute({
  spec = { hosts: ['shop.test'], http: [{ name: 'primary', route: [leg('app-stable', 100), leg('app-canary', 0)] }] },
  order = twoServices,
  client = {},
}: {
  readonly spec?: object;
  readonly order?: SplitOrder;
  readonly client?: ClientOptions;
} = {}): Promise<IstioRoute> {
  const objects = await startKubeObjects();
  objects.put(routePath, { metadata: { namespace: 'shop', labels: { team: 'a' } }, spec });
  putSlices(objects);
  return {
    objects,
    router: istioRouter(objects.server.client(client), { ...order, namespace: 'shop', name: 'app' }),
    virtualService: () => objects.at(routePath),
  };
}

interface Legs {
  readonly http: readonly { readonly route: readonly { readonly weight: number }[] }[];
}

export function weightsOf(virtualService: StoredObject): { readonly stable: number; readonly canary: number } {
  const [stable, canary] = (virtualService['spec'] as Legs).http[0]?.route ?? [];
  return { stable: stable?.weight ?? Number.NaN, canary: canary?.weight ?? Number.NaN };
}
