/** The router for any object with two weights, on a server that keeps objects and conditions as the real one does. */
import { describe, expect, it } from 'vitest';
import { pointedSplit } from '../../../src/router/kubernetes/pointers.ts';
import { percentOf } from '../../../src/router/kubernetes/split.ts';
import { pointersRouter } from '../../../src/router/kubernetes-pointers.ts';
import { routerContract } from '../../contract/router.ts';
import { aClusterSplit } from '../../support/cluster-split.ts';

interface Spec {
  readonly backends: readonly { readonly weight: number }[];
}

const pointers = { stable: '/spec/backends/0/weight', canary: '/spec/backends/1/weight' };

const backends = [
  { name: 'old', tls: true, weight: 100 },
  { name: 'new', zone: 'a', weight: 0 },
];

routerContract('json pointers', () =>
  aClusterSplit({
    path: '/apis/example.com/v1/namespaces/shop/widgets/app',
    spec: { backends },
    router: (client) =>
      pointersRouter(client, {
        apiVersion: 'example.com/v1',
        resource: 'widgets',
        namespace: 'shop',
        name: 'app',
        pointers,
        services: { stable: 'app-stable', canary: 'app-canary' },
      }),
    canary: (spec) => (spec as Spec).backends[1]?.weight,
  }),
);

const metadata = { name: 'app', namespace: 'shop', uid: 'u', resourceVersion: '1' };

const percent = (spec: unknown, of = pointers): number | string => {
  const splits = pointedSplit({ metadata, spec }, of);
  return splits.ok ? percentOf(splits.value) : splits.error;
};

describe('the split at two pointers', () => {
  it('rests on the names that stand beside the weights', () => {
    const splits = pointedSplit({ metadata, spec: { backends } }, pointers);
    expect(splits.ok && splits.value[0]?.expected).toEqual([
      { pointer: '/spec/backends/1/name', value: 'new' },
      { pointer: '/spec/backends/1/zone', value: 'a' },
      { pointer: '/spec/backends/0/name', value: 'old' },
    ]);
  });

  it('is found under keys with slashes and tildes', () => {
    const spec = { weights: { 'a/b': 30, 'c~d': 70 } };
    expect(percent(spec, { canary: '/spec/weights/a~1b', stable: '/spec/weights/c~0d' })).toBe(30);
  });

  it.each([
    [
      'a weight that is text',
      { backends: [{ weight: '100' }, { weight: 0 }] },
      '/spec/backends/0/weight is no number: "100"',
    ],
    ['nothing there', { backends: [] }, '/spec/backends/1/weight is no number: nothing'],
    ['what all objects have', {}, '/spec/backends/1/weight is no number: nothing'],
  ])('is refused with %s', (_what, spec, message) => {
    expect(percent(spec)).toBe(message);
  });

  it('is refused where one weight is that of both', () => {
    expect(percent({ backends }, { canary: '/spec/a', stable: '/spec/a' })).toBe('/spec/a is the weight of both');
  });
});
