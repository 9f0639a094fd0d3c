/** The HTTPRoute's router on a server that keeps objects and conditions as the real one does. */
import { gatewayRouter } from '../../../src/router/gateway-api.ts';
import { type RouterUnderTest, routerContract } from '../../contract/router.ts';
import { slicePath } from '../../support/istio-route.ts';
import { startKubeObjects } from '../../support/kube-objects.ts';

const path = '/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/app';

interface Route {
  readonly rules: readonly { readonly backendRefs: readonly { readonly weight: number }[] }[];
}

const make = async (): Promise<RouterUnderTest> => {
  const objects = await startKubeObjects();
  const backendRefs = [
    { group: '', kind: 'Service', name: 'app-stable', port: 80, weight: 1 },
    { group: '', kind: 'Service', name: 'app-canary', port: 80, weight: 0 },
  ];
  objects.put(path, { metadata: { namespace: 'shop' }, spec: { hostnames: ['shop.test'], rules: [{ backendRefs }] } });
  objects.put(slicePath('all'), { metadata: {}, endpoints: [{ conditions: { ready: true } }] });
  let dealt = 0;
  const services = { stable: 'app-stable', canary: 'app-canary' };
  const client = objects.server.client();
  return {
    router: gatewayRouter(client, { kind: 'HTTPRoute', namespace: 'shop', name: 'app', services, rules: null }),
    send: async (requests) => {
      const { rules } = objects.at(path)['spec'] as Route;
      const canary = rules[0]?.backendRefs[1]?.weight ?? Number.NaN;
      return Array.from({ length: requests }, () => (dealt++ % 100 < canary ? 'canary' : 'stable'));
    },
    offBy: 0,
    dataPlane: 'tells nothing',
  };
};

routerContract('gateway api', make);
