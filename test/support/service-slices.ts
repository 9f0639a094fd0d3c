/** EndpointSlices of the Services of a service, as the server selects them by label. */
import type { KubeObjects } from './kube-objects.ts';

const services = ['app', 'app-stable', 'app-canary'] as const;

const slicePath = (service: string): string => `/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/${service}`;

/** The same endpoints for each of them; none given: one that takes requests. */
export function putSlices(
  objects: KubeObjects,
  endpoints: readonly object[] = [{ conditions: { ready: true } }],
): void {
  for (const service of services)
    objects.put(slicePath(service), {
      metadata: { labels: { 'kubernetes.io/service-name': service } },
      endpoints,
    });
}
