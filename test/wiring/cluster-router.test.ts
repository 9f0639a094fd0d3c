import { describe, expect, it } from 'vitest';
import { clusterTraffic } from '../../src/release/policy-cluster-traffic.ts';
import { clusterRouter } from '../../src/wiring/cluster-router.ts';
import { startKubeServer } from '../support/kube-server.ts';

const services = { stable: 'app-stable', canary: 'app-canary' };

/** Where the router of a policy's words looks for its object. */
async function lookedAt(words: object): Promise<readonly [name: string, path: string | undefined]> {
  const server = await startKubeServer(({ json }) => json(404, {}));
  const router = clusterRouter({ client: server.client(), namespace: 'shop' }, clusterTraffic.parse(words));
  if (!router.ok) throw new Error(router.error.message);
  await router.value.observe();
  const paths = server.calls.map(({ path }) => path);
  return [router.value.name, paths.find((path) => path.endsWith('/app'))];
}

describe('the router of a policy in a cluster', () => {
  it.each([
    [
      { istio: { virtualService: 'app', services } },
      'istio',
      '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/app',
    ],
    [
      { istio: { virtualService: 'app', protocol: 'tcp', subsets: { host: 'app', stable: 'v1', canary: 'v2' } } },
      'istio',
      '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/app',
    ],
    [
      { gatewayApi: { httpRoute: 'app', services } },
      'gateway-api',
      '/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/app',
    ],
    [
      { gatewayApi: { grpcRoute: 'app', services } },
      'gateway-api',
      '/apis/gateway.networking.k8s.io/v1/namespaces/shop/grpcroutes/app',
    ],
    [
      { traefik: { traefikService: 'app', services } },
      'traefik',
      '/apis/traefik.io/v1alpha1/namespaces/shop/traefikservices/app',
    ],
    [
      {
        jsonPatch: {
          apiVersion: 'example.com/v1',
          resource: 'widgets',
          name: 'app',
          weights: { stable: '/spec/a', canary: '/spec/b' },
          services,
        },
      },
      'json-patch',
      '/apis/example.com/v1/namespaces/shop/widgets/app',
    ],
  ])('of %o looks where that lies', async (words, name, path) => {
    expect(await lookedAt(words)).toEqual([name, path]);
  });

  it.each([
    ['none', {}],
    ['two', { traefik: { traefikService: 'app', services }, istio: { virtualService: 'app', services } }],
    ['one without backends', { istio: { virtualService: 'app' } }],
    [
      'a pointer that is none',
      {
        jsonPatch: { apiVersion: 'v1', resource: 'x', name: 'a', weights: { stable: 'spec', canary: '/b' }, services },
      },
    ],
  ])('is not asked for by %s', (_what, words) => {
    expect(clusterTraffic.safeParse(words).success).toBe(false);
  });
});
