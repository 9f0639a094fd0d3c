/** Whose pods are whose where somebody else drives, as Flagger, Argo Rollouts and people by hand leave them. */
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { sidesOf } from '../../../src/workload/kubernetes/observed-sides.ts';

let made = 0;

function pod(
  labels: Readonly<Record<string, string>>,
  given: { readonly isReady?: boolean; readonly isGoing?: boolean } = {},
) {
  const { isGoing = false, isReady = true } = given;
  made += 1;
  const at = new Date(Date.UTC(2026, 0, 5) + made * 1_000).toISOString();
  return {
    metadata: {
      ...{ name: `pod-${made}`, uid: `uid-${made}`, resourceVersion: '1', labels, creationTimestamp: at },
      ...(isGoing ? { deletionTimestamp: at } : {}),
    },
    status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  } as unknown as KubeObject;
}

const names = (pods: readonly KubeObject[], selectors: Parameters<typeof sidesOf>[1]) => {
  const { canary, stable } = sidesOf(pods, selectors);
  return { stable: stable?.revision ?? null, canary: canary?.revision ?? null };
};

describe('sidesOf', () => {
  it("Flagger's: the primary's pods are stable's, the target's the canary's while there are any", () => {
    const selectors = { stable: { app: 'app-primary' }, canary: { app: 'app' } };
    const primary = [pod({ app: 'app-primary', 'pod-template-hash': 'a1' })];
    expect(names(primary, selectors)).toEqual({ stable: 'a1', canary: null });
    const target = pod({ app: 'app', 'pod-template-hash': 'b2' });
    expect(names([...primary, target], selectors)).toEqual({ stable: 'a1', canary: 'b2' });
  });

  it("Argo Rollouts': both Services select stable's hash until there is a canary", () => {
    const of = (hash: string) => ({ app: 'app', 'rollouts-pod-template-hash': hash });
    const pods = [pod(of('a1')), pod(of('b2'))];
    expect(names(pods, { stable: of('a1'), canary: of('a1') })).toEqual({ stable: 'a1', canary: null });
    expect(names(pods, { stable: of('a1'), canary: of('b2') })).toEqual({ stable: 'a1', canary: 'b2' });
    expect(names(pods, { stable: of('b2'), canary: of('b2') })).toEqual({ stable: 'b2', canary: null });
  });

  it('by hand: a Service that selects both has most ready pods of stable', () => {
    const of = (hash: string) => ({ app: 'app', 'pod-template-hash': hash });
    const pods = [
      pod(of('a1')),
      pod(of('a1')),
      pod(of('b2'), { isReady: false }),
      pod({ ...of('b2'), track: 'canary' }),
    ];
    const sides = sidesOf(pods, { stable: { app: 'app' }, canary: { track: 'canary' } });
    expect(sides.canary).toMatchObject({ revision: 'b2' });
    expect(sides.canary?.pods).toHaveLength(2);
    expect(sides.stable).toMatchObject({ revision: 'a1' });
  });

  it('a canary that is replaced is the newest, and pods that go count for nobody', () => {
    const of = (hash: string) => ({ app: 'app', 'pod-template-hash': hash });
    const stable = pod({ app: 'primary', 'pod-template-hash': 'a1' });
    const pods = [stable, pod(of('b2')), pod(of('c3'), { isReady: false }), pod(of('d4'), { isGoing: true })];
    expect(names(pods, { stable: { app: 'primary' }, canary: { app: 'app' } })).toEqual({ stable: 'a1', canary: 'c3' });
  });

  it('a Service without a selector selects nobody, and a pod that nothing made is a revision of its own', () => {
    const lone = pod({ app: 'app' });
    expect(names([lone], { stable: {}, canary: { app: 'app' } })).toEqual({ stable: null, canary: lone.metadata.name });
  });
});
