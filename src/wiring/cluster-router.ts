/** The router that a policy in a cluster asks for. */
import type { Problem, Result } from '../lib/result.ts';
import { failed, ok } from '../lib/result.ts';
import type { ClusterTraffic } from '../release/policy-cluster-traffic.ts';
import { gatewayRouter } from '../router/gateway-api.ts';
import type { Destination } from '../router/istio/virtual-service.ts';
import { istioRouter } from '../router/istio.ts';
import { pointersRouter } from '../router/kubernetes-pointers.ts';
import type { RouteClient } from '../router/kubernetes-route.ts';
import type { Router } from '../router/router.ts';
import { traefikRouter } from '../router/traefik.ts';

export interface Place {
  readonly client: RouteClient;
  /** Where the policy is, and all that it names. */
  readonly namespace: string;
}

/** Fails with `InvalidPolicy` where the words name no way to split, which their schema forbids. */
export function clusterRouter({ client, namespace }: Place, traffic: ClusterTraffic): Result<Router> {
  const { istio, gatewayApi, traefik, jsonPatch } = traffic;
  if (istio !== undefined) {
    const destinations = destinationsOf(istio);
    if (destinations === null) return failed(invalid('traffic.istio needs services or subsets'));
    const { virtualService: name, protocol = 'http', routes = null } = istio;
    return ok(istioRouter(client, { namespace, name, protocol, routes, destinations }));
  }
  if (gatewayApi !== undefined) {
    const { httpRoute, grpcRoute, rules = null, services } = gatewayApi;
    const kind = httpRoute === undefined ? 'GRPCRoute' : 'HTTPRoute';
    return ok(gatewayRouter(client, { kind, namespace, name: httpRoute ?? grpcRoute ?? '', rules, services }));
  }
  if (traefik !== undefined)
    return ok(traefikRouter(client, { namespace, name: traefik.traefikService, services: traefik.services }));
  if (jsonPatch === undefined) return failed(invalid('traffic names no way to split'));
  const { weights: pointers, ...order } = jsonPatch;
  return ok(pointersRouter(client, { namespace, pointers, ...order }));
}

function destinationsOf({ services, subsets }: NonNullable<ClusterTraffic['istio']>) {
  const to = (host: string, subset: string | null): Destination => ({ host, subset });
  if (services !== undefined) return { stable: to(services.stable, null), canary: to(services.canary, null) };
  if (subsets === undefined) return null;
  return { stable: to(subsets.host, subsets.stable), canary: to(subsets.host, subsets.canary) };
}

const invalid = (message: string): Problem => ({ reason: 'InvalidPolicy', message, retryable: false });
