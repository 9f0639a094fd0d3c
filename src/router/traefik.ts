/** Router adapter for Traefik: the split is in a weighted TraefikService that an IngressRoute sends to. */
import type { Backend } from './deck.ts';
import { isServiceReady } from './kubernetes/service-readiness.ts';
import { KubernetesRouter, type RouteClient } from './kubernetes-route.ts';
import { weightedSplit } from './traefik/traefik-service.ts';

export interface TraefikServiceOrder {
  readonly namespace: string;
  readonly name: string;
  /** Services in its own namespace. */
  readonly services: Readonly<Record<Backend, string>>;
}

export const traefikRouter = (
  client: RouteClient,
  { namespace, name, services }: TraefikServiceOrder,
): KubernetesRouter =>
  new KubernetesRouter('traefik', client, {
    title: `TraefikService ${namespace}/${name}`,
    path: `/apis/traefik.io/v1alpha1/namespaces/${namespace}/traefikservices/${name}`,
    locate: (object) => weightedSplit(object, services),
    isReady: (api, backend, urgency) => isServiceReady(api, { namespace, name: services[backend] }, urgency),
  });
