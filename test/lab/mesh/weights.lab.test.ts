import { describe, expect, it } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import type { KubeObject } from '../api/api.ts';
import { joinLab } from '../joined-lab.ts';
import { needsLab } from '../needs-lab.ts';
import { addresses } from '../network/network.ts';
import { istioGateway, traefikGateway } from './objects.ts';
import { ask, onlyFrom, startTwoVersions } from './two-versions.ts';

const requests = 2_000;

/** Three standard deviations of a draw at 25 %, and Traefik's own arithmetic is exact. */
const quarter = { from: requests * 0.25 - 3 * Math.sqrt(requests * 0.25 * 0.75), to: requests * 0.25 + 58 };

describe.runIf(await needsLab())('weights', () => {
  const atEnd = suiteEnd();

  it("of a VirtualService split Envoy's requests, and a change acts at once", async () => {
    const lab = await joinLab(atEnd);
    const namespace = await lab.namespace();
    const api = lab.api();
    await startTwoVersions(lab, namespace);
    const host = `${namespace}.test`;
    const path = `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices/app`;
    const destination = (version: string, weight: number): object => ({
      destination: { host: `app-${version}.${namespace}.svc.cluster.local`, port: { number: 80 } },
      weight,
    });
    const route = (canary: number): object => ({
      http: [{ name: 'primary', route: [destination('stable', 100 - canary), destination('canary', canary)] }],
    });
    await api.apply(path, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'app' },
      spec: { hosts: [host], gateways: [istioGateway], ...route(0) },
    });
    await onlyFrom(addresses.ingress, host, 'stable');
    await api.patch(path, { spec: route(25) });
    await eventually(async () => (await ask(addresses.ingress, host, 40)).canary > 0);
    const answers = await ask(addresses.ingress, host, requests);
    expect(answers.failed).toBe(0);
    expect(answers.canary).toBeGreaterThan(quarter.from);
    expect(answers.canary).toBeLessThan(quarter.to);
    await api.patch(path, { spec: route(0) });
    const began = performance.now();
    await onlyFrom(addresses.ingress, host, 'stable');
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("of an HTTPRoute split Traefik's requests, and its status names the generation that acts", async () => {
    const lab = await joinLab(atEnd);
    const namespace = await lab.namespace();
    const api = lab.api();
    await startTwoVersions(lab, namespace);
    const host = `${namespace}.test`;
    const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes/app`;
    const backend = (version: string, weight: number): object => ({ name: `app-${version}`, port: 80, weight });
    const rules = (canary: number): object => ({
      rules: [{ backendRefs: [backend('stable', 100 - canary), backend('canary', canary)] }],
    });
    await api.apply(path, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'app' },
      spec: { parentRefs: [traefikGateway], hostnames: [host], ...rules(0) },
    });
    await onlyFrom(addresses.traefik, host, 'stable');
    await api.patch(path, { spec: rules(25) });
    await eventually(async () => (await ask(addresses.traefik, host, 40)).canary > 0);
    const answers = await ask(addresses.traefik, host, requests);
    expect(answers.failed).toBe(0);
    expect(answers.canary).toBeGreaterThan(quarter.from);
    expect(answers.canary).toBeLessThan(quarter.to);
    await eventually(async () => {
      const { metadata, status } = await api.get<Route>(path);
      const conditions = status?.parents?.[0]?.conditions ?? [];
      expect(conditions.map(({ type, status: is, observedGeneration }) => [type, is, observedGeneration])).toEqual(
        expect.arrayContaining([
          ['Accepted', 'True', metadata.generation],
          ['ResolvedRefs', 'True', metadata.generation],
        ]),
      );
      return true;
    });
  });

  interface Route extends KubeObject {
    readonly metadata: KubeObject['metadata'] & { readonly generation: number };
    readonly status?: {
      readonly parents?: readonly {
        readonly conditions?: readonly {
          readonly type: string;
          readonly status: string;
          readonly observedGeneration: number;
        }[];
      }[];
    };
  }
});
