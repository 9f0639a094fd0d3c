import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { type RuleOrder, ruleSplits } from '../../../src/router/gateway-api/http-route.ts';
import { percentOf } from '../../../src/router/kubernetes/split.ts';

const object = (spec: unknown): KubeObject => ({
  metadata: { name: 'app', namespace: 'shop', uid: 'u', resourceVersion: '1' },
  spec,
});

const order: RuleOrder = { services: { stable: 'app-stable', canary: 'app-canary' }, rules: null };

const ref = (name: string, weight?: number, more: object = {}): object => ({
  name,
  port: 80,
  ...(weight === undefined ? {} : { weight }),
  ...more,
});

const both = [ref('app-stable', 75), ref('app-canary', 25)];

const percent = (spec: unknown, of: RuleOrder = order): number | string => {
  const splits = ruleSplits(object(spec), of);
  return splits.ok ? percentOf(splits.value) : splits.error;
};

describe('the split in an HTTPRoute', () => {
  it.each([
    ['weights that sum to 100', both, 25],
    ['in the other order', [...both].reverse(), 25],
    ['weights that sum to something else', [ref('app-stable', 900), ref('app-canary', 100)], 10],
    ['a backend without a weight, which is 1', [ref('app-stable'), ref('app-canary')], 50],
    ['the namespace said', [ref('app-stable', 1), ref('app-canary', 1, { namespace: 'shop' })], 50],
    ['no traffic at all', [ref('app-stable', 0), ref('app-canary', 0)], 0],
  ])('is read from %s', (_what, backendRefs, expected) => {
    expect(percent({ rules: [{ backendRefs }] })).toBe(expected);
  });

  it('rests on whom the references lead to, not on what is done on the way', () => {
    const filters = [{ type: 'RequestHeaderModifier' }];
    const backendRefs = [ref('app-stable', 75), ref('app-canary', 25, { kind: 'Service', filters })];
    const splits = ruleSplits(object({ rules: [{ name: 'main', backendRefs }] }), order);
    expect(splits.ok && splits.value[0]?.expected).toEqual([
      { pointer: '/spec/rules/0/name', value: 'main' },
      { pointer: '/spec/rules/0/backendRefs/1/kind', value: 'Service' },
      { pointer: '/spec/rules/0/backendRefs/1/name', value: 'app-canary' },
      { pointer: '/spec/rules/0/backendRefs/1/port', value: 80 },
      { pointer: '/spec/rules/0/backendRefs/0/name', value: 'app-stable' },
      { pointer: '/spec/rules/0/backendRefs/0/port', value: 80 },
    ]);
  });

  it('is in every rule that is named', () => {
    const rules = [
      { name: 'a', backendRefs: both },
      { backendRefs: both },
      { name: 'b', backendRefs: [ref('app-stable', 1), ref('app-canary', 1)] },
    ];
    expect(percent({ rules }, { ...order, rules: ['a', 'b'] })).toBe(50);
    expect(percent({ rules }, { ...order, rules: ['c'] })).toBe(
      'it has no rules named c, there are: a, (without a name), b',
    );
  });

  it.each([
    ['no rules', {}, 'it has 0 rules; say which of them is split'],
    [
      'several, none named',
      { rules: [{ name: 'a', backendRefs: both }, { backendRefs: both }] },
      'it has 2 rules (a, (without a name)); say which of them is split',
    ],
    ['no canary', { rules: [{ backendRefs: [ref('app-stable', 1)] }] }, 'rule 0 has no backend app-canary'],
    ['no stable', { rules: [{ name: 'a', backendRefs: [ref('app-canary', 1)] }] }, 'rule a has no backend app-stable'],
    [
      'a canary of another namespace',
      { rules: [{ backendRefs: [ref('app-stable', 1), ref('app-canary', 1, { namespace: 'x' })] }] },
      'rule 0 has no backend app-canary',
    ],
    [
      'a canary of another kind',
      { rules: [{ backendRefs: [ref('app-stable', 1), ref('app-canary', 1, { kind: 'TraefikService' })] }] },
      'rule 0 has no backend app-canary',
    ],
    [
      'a third',
      { rules: [{ backendRefs: [...both, ref('app-old', 5)] }] },
      'rule 0 also sends to app-old; stable and canary must share it',
    ],
    ['no spec', 7, 'its spec is not that of a route of the Gateway API'],
  ])('says what is wrong with %s', (_what, spec, message) => {
    expect(percent(spec)).toBe(message);
  });
});
