/** Router adapter for Istio: the split is in the routes of a VirtualService, between Services or subsets of one. */
import type { Urgency } from '../kube/turns.ts';
import type { KubeReads } from '../kube/viewed-client.ts';
import { failed } from '../lib/result.ts';
import { isSubsetReady } from './istio/subset-readiness.ts';
import { type Destination, fullHost, type SplitOrder, splitsOf } from './istio/virtual-service.ts';
import type { RouteKind } from './kubernetes/route-kind.ts';
import { isServiceReady, type ServiceName } from './kubernetes/service-readiness.ts';
import { KubernetesRouter, type RouteClient } from './kubernetes-route.ts';

export interface VirtualServiceOrder extends SplitOrder {
  readonly namespace: string;
  readonly name: string;
}

export const istioRouter = (client: RouteClient, order: VirtualServiceOrder): KubernetesRouter =>
  new KubernetesRouter('istio', client, virtualService(order));

function virtualService(order: VirtualServiceOrder): RouteKind {
  const { namespace, name, destinations } = order;
  const foreign = Object.values(destinations).find(({ host }) => serviceOf(host, namespace) === null);
  return {
    title: `VirtualService ${namespace}/${name}`,
    path: `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices/${name}`,
    locate: (object) =>
      foreign === undefined ? splitsOf(object, order) : failed(`${foreign.host} is no Service of this cluster`),
    isReady: (client, backend, urgency) => isReady(client, { ...destinations[backend], namespace }, urgency),
  };
}

function isReady(
  client: KubeReads,
  { host, subset, namespace }: Destination & { readonly namespace: string },
  urgency: Urgency,
): ReturnType<RouteKind['isReady']> {
  const service = serviceOf(host, namespace) ?? { namespace, name: host };
  return subset === null
    ? isServiceReady(client, service, urgency)
    : isSubsetReady(client, { service, subset, namespace }, urgency);
}

/** Null: none of this cluster. */
function serviceOf(host: string, namespace: string): ServiceName | null {
  const match = /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(fullHost(host, namespace));
  return match === null ? null : { name: match[1] ?? '', namespace: match[2] ?? '' };
}
