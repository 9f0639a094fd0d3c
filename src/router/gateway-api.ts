/** Router adapter for the Gateway API: the split is in the rules of an HTTPRoute or a GRPCRoute, whoever its parent is. */
import { type RuleOrder, ruleSplits } from './gateway-api/http-route.ts';
import { isServiceReady } from './kubernetes/service-readiness.ts';
import { KubernetesRouter, type RouteClient } from './kubernetes-route.ts';

export interface GatewayRouteOrder extends RuleOrder {
  readonly kind: 'HTTPRoute' | 'GRPCRoute';
  readonly namespace: string;
  readonly name: string;
}

const plurals = { HTTPRoute: 'httproutes', GRPCRoute: 'grpcroutes' } as const;

export const gatewayRouter = (client: RouteClient, order: GatewayRouteOrder): KubernetesRouter => {
  const { kind, namespace, name, services } = order;
  return new KubernetesRouter('gateway-api', client, {
    title: `${kind} ${namespace}/${name}`,
    path: `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/${plurals[kind]}/${name}`,
    locate: (object) => ruleSplits(object, order),
    isReady: (api, backend, urgency) => isServiceReady(api, { namespace, name: services[backend] }, urgency),
  });
};
