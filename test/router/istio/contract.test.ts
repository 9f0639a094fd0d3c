/** The VirtualService's router on a server that keeps objects and conditions as the real one does; the real one is in contract.lab.test.ts. */
import type { RouterUnderTest } from '../../contract/router.ts';
import { routerContract } from '../../contract/router.ts';
import { anIstioRoute, weightsOf } from '../../support/istio-route.ts';

const make = async (): Promise<RouterUnderTest> => {
  const route = await anIstioRoute();
  let dealt = 0;
  return {
    router: route.router,
    send: async (requests) => {
      const { canary } = weightsOf(route.virtualService());
      return Array.from({ length: requests }, () => (dealt++ % 100 < canary ? 'canary' : 'stable'));
    },
    offBy: 0,
    dataPlane: 'tells nothing',
  };
};

routerContract('istio', make);
