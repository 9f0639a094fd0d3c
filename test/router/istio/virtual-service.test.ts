import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { type SplitOrder, splitsOf } from '../../../src/router/istio/virtual-service.ts';
import { percentOf } from '../../../src/router/kubernetes/split.ts';
import { leg, twoServices } from '../../support/istio-route.ts';

const object = (spec: unknown): KubeObject => ({
  metadata: { name: 'app', namespace: 'shop', uid: 'u', resourceVersion: '1' },
  spec,
});

const both = [leg('app-stable', 75), leg('app-canary', 25)];

const percent = (spec: unknown, order: SplitOrder = twoServices): number | string => {
  const splits = splitsOf(object(spec), order);
  return splits.ok ? percentOf(splits.value) : splits.error;
};

const subsets: SplitOrder = {
  ...twoServices,
  destinations: { stable: { host: 'app', subset: 'v1' }, canary: { host: 'app', subset: 'v2' } },
};

const subsetLeg = (subset: string, weight: number): object => ({ destination: { host: 'app', subset }, weight });

describe('the split in a VirtualService', () => {
  it('is found by Service, short or in full, in any order', () => {
    expect(percent({ http: [{ route: both }] })).toBe(25);
    expect(percent({ http: [{ route: [...both].reverse() }] })).toBe(25);
    const full = [leg('app-stable.shop.svc.cluster.local', 10), leg('app-canary.shop.svc.cluster.local', 90)];
    expect(percent({ http: [{ route: full }] })).toBe(90);
  });

  it('is found by subset', () => {
    expect(percent({ http: [{ route: [subsetLeg('v1', 70), subsetLeg('v2', 30)] }] }, subsets)).toBe(30);
  });

  it.each(['tls', 'tcp'] as const)('is found in %s routes, which have no names', (protocol) => {
    expect(percent({ [protocol]: [{ route: both }] }, { ...twoServices, protocol })).toBe(25);
  });

  it('is found in every route that is named, and the highest of them counts', () => {
    const http = [
      { name: 'a', route: both },
      { route: both },
      { name: 'b', route: [leg('app-stable', 50), leg('app-canary', 50)] },
    ];
    const splits = splitsOf(object({ http }), { ...twoServices, routes: ['a', 'b'] });
    expect(splits.ok && splits.value.map(({ weights }) => weights.canary)).toEqual([
      { pointer: '/spec/http/0/route/1/weight', weight: 25 },
      { pointer: '/spec/http/2/route/1/weight', weight: 50 },
    ]);
    expect(percent({ http }, { ...twoServices, routes: ['a', 'b'] })).toBe(50);
  });

  it('rests on the names of route and destinations, as they were read', () => {
    const splits = splitsOf(object({ http: [{ name: 'a', route: both }] }), twoServices);
    expect(splits.ok && splits.value[0]?.expected).toEqual([
      { pointer: '/spec/http/0/name', value: 'a' },
      { pointer: '/spec/http/0/route/1/destination', value: { host: 'app-canary', port: { number: 80 } } },
      { pointer: '/spec/http/0/route/0/destination', value: { host: 'app-stable', port: { number: 80 } } },
    ]);
  });

  it.each([
    ['weights that sum to something else', [leg('app-stable', 1), leg('app-canary', 2)], 67],
    ['no weights at all', [leg('app-stable', 0), leg('app-canary', 0)], 0],
    ['a destination without a weight', [{ destination: { host: 'app-stable' } }, leg('app-canary', 30)], 100],
  ])('reads %s', (_what, route, expected) => {
    expect(percent({ http: [{ route }] })).toBe(expected);
  });

  it.each([
    ['no routes', {}, 'it has 0 http routes; say which of them is split'],
    [
      'several, none named',
      { http: [{ name: 'a', route: both }, { route: both }] },
      'it has 2 http routes (a, (without a name)); say which of them is split',
    ],
    [
      'no canary',
      { http: [{ name: 'a', route: [leg('app-stable', 100)] }] },
      'http route a has no destination app-canary',
    ],
    ['no stable', { http: [{ route: [leg('app-canary', 100)] }] }, 'http route 0 has no destination app-stable'],
    [
      'a third that takes part',
      { http: [{ route: [...both, leg('app-old', 5)] }] },
      'http route 0 also sends to app-old; stable and canary must share it',
    ],
    [
      'a delegate',
      { http: [{ name: 'a', delegate: { name: 'inner' } }] },
      'http route a is delegated to inner, where its weights are',
    ],
    ['no spec', null, 'its spec is not that of a VirtualService'],
  ])('says what is wrong with a route of %s', (_what, spec, message) => {
    expect(percent(spec)).toBe(message);
  });

  it.each([
    [['gone'], 'it has no http routes named gone, there are: a, a'],
    [['a'], 'it has 2 http routes named a, there are: a, a'],
  ])('says which named routes it does not find: %s', (routes, message) => {
    const http = [
      { name: 'a', route: both },
      { name: 'a', route: both },
    ];
    expect(percent({ http }, { ...twoServices, routes })).toBe(message);
  });
});
