/** Router adapter for any object of a cluster that has two weights, for what has no adapter of its own. */
import type { Backend } from './deck.ts';
import { pointedSplit } from './kubernetes/pointers.ts';
import { isServiceReady } from './kubernetes/service-readiness.ts';
import { KubernetesRouter, type RouteClient } from './kubernetes-route.ts';

export interface PointersOrder {
  /** Such as `example.com/v1`, or `v1`. */
  readonly apiVersion: string;
  /** Plural, as in the API: `widgets`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** JSON pointers of the weights. */
  readonly pointers: Readonly<Record<Backend, string>>;
  /** Services whose endpoints tell whether a version takes requests. */
  readonly services: Readonly<Record<Backend, string>>;
}

export const pointersRouter = (client: RouteClient, order: PointersOrder): KubernetesRouter => {
  const { apiVersion, resource, namespace, name, pointers, services } = order;
  const root = apiVersion.includes('/') ? '/apis' : '/api';
  return new KubernetesRouter('json-patch', client, {
    title: `${resource} ${namespace}/${name}`,
    path: `${root}/${apiVersion}/namespaces/${namespace}/${resource}/${name}`,
    locate: (object) => pointedSplit(object, pointers),
    isReady: (api, backend, urgency) => isServiceReady(api, { namespace, name: services[backend] }, urgency),
  });
};
