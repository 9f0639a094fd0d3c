/** Who wrote a route, by what the API server notes, and what a GitOps manager is told. */
import { expect, it } from 'vitest';
import { writerOf } from '../../../src/router/kubernetes/writer.ts';

const path = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/app';
const weight = (pointer: string) => ({ pointer, weight: 50 });
const splits = [{ weights: { stable: weight('/spec/a/weight'), canary: weight('/spec/b/weight') }, expected: [] }];

const wroteLast = (...managers: readonly (readonly [string, string, string?])[]) => {
  const managedFields = managers.map(([manager, time, subresource]) => ({
    manager,
    time: `2026-01-01T00:00:${time}Z`,
    ...(subresource === undefined ? {} : { subresource }),
  }));
  const metadata = { name: 'app', uid: 'u', resourceVersion: '1', managedFields };
  return writerOf({ object: { kind: 'VirtualService', metadata }, splits, path });
};

it('is whoever wrote last besides Sluice, and not who writes its status', () => {
  expect(wroteLast(['sluice', '09'])).toBeNull();
  expect(wroteLast(['kubectl-edit', '05'], ['helm', '01'], ['sluice', '09'], ['istiod', '08', 'status'])).toEqual({
    name: 'kubectl-edit',
    ignore: null,
  });
});

it('a GitOps manager is told what to ignore, in its own words', () => {
  expect(wroteLast(['argocd-controller', '05'])?.ignore).toBe(
    'spec.ignoreDifferences: [{ group: networking.istio.io, kind: VirtualService, name: app, jsonPointers: [/spec/a/weight, /spec/b/weight] }], with syncOptions: [RespectIgnoreDifferences=true]',
  );
  expect(wroteLast(['kustomize-controller', '05'])?.ignore).toContain('kustomize.toolkit.fluxcd.io/ssa: IfNotPresent');
});
