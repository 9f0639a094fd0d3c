/** The HTTPRoute's router on a server that keeps objects and conditions as the real one does. */
import { gatewayRouter } from '../../../src/router/gateway-api.ts';
import { routerContract } from '../../contract/router.ts';
import { aClusterSplit } from '../../support/cluster-split.ts';

interface Route {
  readonly rules: readonly { readonly backendRefs: readonly { readonly weight: number }[] }[];
}

const backendRefs = [
  { group: '', kind: 'Service', name: 'app-stable', port: 80, weight: 1 },
  { group: '', kind: 'Service', name: 'app-canary', port: 80, weight: 0 },
];

const services = { stable: 'app-stable', canary: 'app-canary' };

routerContract('gateway api', () =>
  aClusterSplit({
    path: '/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/app',
    spec: { hostnames: ['shop.test'], rules: [{ backendRefs }] },
    router: (client) =>
      gatewayRouter(client, { kind: 'HTTPRoute', namespace: 'shop', name: 'app', services, rules: null }),
    canary: (spec) => (spec as Route).rules[0]?.backendRefs[1]?.weight,
  }),
);
