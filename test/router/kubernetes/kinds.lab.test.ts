/** Routers on the real kinds of Istio, the Gateway API and Traefik, as an API server keeps them: schemas, defaults and pruning included. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../src/kube/client.ts';
import { clusterTraffic } from '../../../src/release/policy-cluster-traffic.ts';
import type { Router } from '../../../src/router/router.ts';
import { clusterRouter } from '../../../src/wiring/cluster-router.ts';
import { type RouterUnderTest, routerContract } from '../../contract/router.ts';
import { clientOf } from '../../lab/client-of.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { defineKinds } from '../../lab/mesh/objects.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { obtain } from '../../lab/parts/cache.ts';
import { parts } from '../../lab/parts/parts.ts';
import { progressOn } from '../../lab/parts/progress.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { must } from '../../support/proxy.ts';

const services = { stable: 'app-stable', canary: 'app-canary' };

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly spec: object;
  /** `traffic` of a policy for the object of that name. */
  traffic(name: string): object;
  /** Weights of stable and canary. */
  weights(spec: never): readonly { readonly weight?: number }[] | undefined;
}

const destination = (host: string): object => ({ host, port: { number: 80 } });

const kinds: Readonly<Record<string, Kind>> = {
  'a VirtualService': {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    plural: 'virtualservices',
    spec: {
      hosts: ['shop.test'],
      gateways: ['nowhere/none'],
      http: [
        { name: 'other', match: [{ uri: { prefix: '/x' } }], route: [{ destination: destination('elsewhere.test') }] },
        {
          name: 'primary',
          timeout: '3s',
          route: [
            { destination: destination('app-stable'), weight: 100 },
            { destination: destination('app-canary'), weight: 0 },
          ],
        },
      ],
    },
    traffic: (name) => ({ istio: { virtualService: name, routes: ['primary'], services } }),
    weights: ({ http }: { readonly http: readonly { readonly route: readonly { readonly weight: number }[] }[] }) =>
      http[1]?.route,
  },
  'an HTTPRoute': {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    plural: 'httproutes',
    spec: {
      parentRefs: [{ name: 'none' }],
      hostnames: ['shop.test'],
      rules: [
        {
          backendRefs: [
            { name: 'app-stable', port: 80 },
            { name: 'app-canary', port: 80, weight: 0 },
          ],
        },
      ],
    },
    traffic: (name) => ({ gatewayApi: { httpRoute: name, services } }),
    weights: ({
      rules,
    }: {
      readonly rules: readonly { readonly backendRefs: readonly { readonly weight: number }[] }[];
    }) => rules[0]?.backendRefs,
  },
  'a TraefikService': {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    plural: 'traefikservices',
    spec: {
      weighted: {
        services: [
          { name: 'app-stable', port: 80, weight: 100 },
          { name: 'app-canary', port: 80, weight: 0 },
        ],
      },
    },
    traffic: (name) => ({ traefik: { traefikService: name, services } }),
    weights: ({ weighted }: { readonly weighted: { readonly services: readonly { readonly weight: number }[] } }) =>
      weighted.services,
  },
};

describe.runIf(await needsLab('bare'))('on a real API server', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let client: KubeClient;
  let namespace: string;

  beforeAll(async () => {
    await obtain(parts.manifests, { progress: progressOn() });
    lab = await joinLab(atEnd);
    client = clientOf(lab, 'admin');
    namespace = await lab.namespace();
    await defineKinds(lab.api());
    for (const { apiVersion, plural } of Object.values(kinds))
      await eventually(async () => (await client.list(`/apis/${apiVersion}/namespaces/${namespace}/${plural}`)).ok);
    for (const name of Object.values(services)) {
      await lab.api().apply(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/${name}`, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name, labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.77.16.1'], conditions: { ready: true } }],
        ports: [{ port: 80 }],
      });
    }
  });

  describe.each(Object.entries(kinds))('%s', (title, { apiVersion, kind, plural, spec, traffic, weights }) => {
    const aRoute = async () => {
      const name = `app-${randomUUID().slice(0, 8)}`;
      const path = `/apis/${apiVersion}/namespaces/${namespace}/${plural}/${name}`;
      await lab.api().apply(path, { apiVersion, kind, metadata: { name }, spec });
      const router = clusterRouter({ client, namespace }, clusterTraffic.parse(traffic(name)));
      if (!router.ok) throw new Error(router.error.message);
      return { router: router.value, path, object: async () => must(await client.get(path)) };
    };

    const make = async (): Promise<RouterUnderTest> => {
      const { router, object } = await aRoute();
      let dealt = 0;
      return {
        router,
        send: async (requests) => {
          const canary = weights((await object())['spec'] as never)?.[1]?.weight ?? Number.NaN;
          return Array.from({ length: requests }, () => (dealt++ % 100 < canary ? 'canary' : 'stable'));
        },
        offBy: 0,
        dataPlane: 'tells nothing',
      };
    };

    routerContract(title, make);

    it('keeps its version while others write what is not the split, such as its status', async () => {
      const { router, path, object } = await aRoute();
      must(await raise(router, 0));
      const [before, { version }] = [await object(), must(await router.observe())];
      must(await client.patch(path, { type: 'merge', body: { metadata: { labels: { team: 'shop' } } } }));
      expect((await object()).metadata.resourceVersion).not.toBe(before.metadata.resourceVersion);
      const quoting = { release: 'r1', epoch: 1, canary: 25, ifVersion: version, latch: false };
      expect(must(await router.write(quoting)).canary).toBe(25);
    });

    it('is as it was once the canary has nothing again, but for the notes', async () => {
      const { router, object } = await aRoute();
      must(await raise(router, 0));
      const before = await object();
      must(await raise(router, 25));
      const raised = await object();
      expect(weights(raised['spec'] as never)?.map(({ weight }) => weight)).toEqual([75, 25]);
      must(await router.write({ release: 'r1', epoch: 1, canary: 0, ifVersion: null, latch: true }));
      const after = await object();
      expect(after['spec']).toEqual(before['spec']);
      expect(Object.keys(after.metadata.annotations ?? {}).toSorted()).toEqual(
        ['epoch', 'release', 'rolled-back', 'stamp'].map((key) => `sluice.dev/${key}`),
      );
    });
  });

  const raise = async (router: Router, canary: number) => {
    const { version } = must(await router.observe());
    return router.write({ release: 'r1', epoch: 1, canary, ifVersion: version, latch: false });
  };
});
