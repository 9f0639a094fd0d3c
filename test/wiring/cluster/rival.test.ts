import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.ts';
import { rivalOf } from '../../../src/wiring/cluster/rival.ts';

const policy = (name: string, at: string, spec: object): KubeObject => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: `2026-01-01T00:00:${at}Z` },
  spec,
});

const istio = (deployment: string, virtualService: string) => ({
  target: { deployment },
  traffic: { istio: { virtualService } },
});

describe('two policies', () => {
  it('for one route: the older has it', () => {
    const [old, young] = [policy('old', '01', istio('a', 'shop')), policy('young', '02', istio('b', 'shop'))];
    expect(rivalOf(old, [old, young])).toBeNull();
    expect(rivalOf(young, [old, young])).toMatchObject({
      reason: 'TakenByOther',
      retryable: false,
      message: expect.stringContaining('VirtualService shop belongs to ReleasePolicy old'),
    });
  });

  it('for one Deployment, whatever their routes are', () => {
    const old = policy('old', '01', istio('a', 'shop'));
    const gateway = { target: { deployment: 'a' }, traffic: { gatewayApi: { httpRoute: 'shop' } } };
    expect(rivalOf(policy('young', '02', gateway), [old])?.message).toContain('Deployment a belongs');
  });

  it('of the same second are told apart, and never both refused', () => {
    const both = [policy('one', '01', istio('a', 'shop')), policy('two', '01', istio('a', 'shop'))];
    expect(both.map((each) => rivalOf(each, both) === null)).toEqual([true, false]);
  });

  it('with routes of one name and different kinds, and a spec that says nothing, do not meet', () => {
    const gateway = { target: { deployment: 'b' }, traffic: { gatewayApi: { httpRoute: 'shop' } } };
    const all = [policy('a', '01', istio('a', 'shop')), policy('b', '02', gateway), policy('c', '03', {})];
    expect(all.map((each) => rivalOf(each, all))).toEqual([null, null, null]);
  });
});
