/** The TraefikService's router on a server that keeps objects and conditions as the real one does. */
import { describe, expect, it } from 'vitest';
import { percentOf } from '../../../src/router/kubernetes/split.ts';
import { weightedSplit } from '../../../src/router/traefik/traefik-service.ts';
import { traefikRouter } from '../../../src/router/traefik.ts';
import { routerContract } from '../../contract/router.ts';
import { aClusterSplit } from '../../support/cluster-split.ts';

interface Spec {
  readonly weighted: { readonly services: readonly { readonly weight: number }[] };
}

const services = { stable: 'app-stable', canary: 'app-canary' };

const both = [
  { name: 'app-stable', port: 80, weight: 100 },
  { name: 'app-canary', port: 80, weight: 0 },
];

routerContract('traefik', () =>
  aClusterSplit({
    path: '/apis/traefik.io/v1alpha1/namespaces/shop/traefikservices/app',
    spec: { weighted: { services: both } },
    router: (client) => traefikRouter(client, { namespace: 'shop', name: 'app', services }),
    canary: (spec) => (spec as Spec).weighted.services[1]?.weight,
  }),
);

const percent = (spec: unknown): number | string => {
  const metadata = { name: 'app', namespace: 'shop', uid: 'u', resourceVersion: '1' };
  const splits = weightedSplit({ metadata, spec }, services);
  return splits.ok ? percentOf(splits.value) : splits.error;
};

describe('the split in a TraefikService', () => {
  it.each([
    ['the weights', { weighted: { services: both } }, 0],
    [
      'a service without a weight, which is 1',
      { weighted: { services: [{ name: 'app-stable' }, { name: 'app-canary' }] } },
      50,
    ],
    ['a mirror', { mirroring: { name: 'app-stable' } }, 'it is no weighted TraefikService'],
    ['no canary', { weighted: { services: both.slice(0, 1) } }, 'it has no service app-canary'],
    ['no stable', { weighted: { services: both.slice(1) } }, 'it has no service app-stable'],
    [
      'another kind of service',
      { weighted: { services: [both[0], { ...both[1], kind: 'TraefikService' }] } },
      'it has no service app-canary',
    ],
    [
      'a third',
      { weighted: { services: [...both, { name: 'old', weight: 3 }] } },
      'it also sends to old; stable and canary must share it',
    ],
  ])('is read from %s', (_what, spec, expected) => {
    expect(percent(spec)).toBe(expected);
  });
});
