/** HTTPRoutes and TraefikServices that Traefik acts by. */
import { eventually } from '../../support/eventually.ts';
import { addresses } from '../network/network.ts';
import type { MeshKind } from './mesh-route.ts';
import { traefikGateway } from './objects.ts';
import { ask } from './two-versions.ts';

const services = { stable: 'app-stable', canary: 'app-canary' };

const traefik = {
  address: addresses.traefik,
  // It deals them out in turn, so that a hundred tell the weight.
  follows: (host: string, percent: number) =>
    eventually(async () => {
      const { canary, failed } = await ask(addresses.traefik, host, 100);
      return (
        failed === 0 &&
        Math.abs(canary - percent) <= 1 &&
        (percent === 0 || percent === 100 ? canary === percent : true)
      );
    }),
} as const;

interface Rules {
  readonly rules: readonly { readonly backendRefs: readonly { readonly weight: number }[] }[];
}

export const routeOfGateway: MeshKind = {
  ...traefik,
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  plural: 'httproutes',
  spec: ({ host }) => ({
    parentRefs: [traefikGateway],
    hostnames: [host],
    rules: [
      {
        backendRefs: [
          { name: 'app-stable', port: 80, weight: 100 },
          { name: 'app-canary', port: 80, weight: 0 },
        ],
      },
    ],
  }),
  traffic: (name) => ({ gatewayApi: { httpRoute: name, services } }),
  canary: ({ rules }: Rules) => rules[0]?.backendRefs[1]?.weight,
};

interface Weighted {
  readonly weighted: { readonly services: readonly { readonly weight?: number }[] };
}

export const traefikService: MeshKind = {
  ...traefik,
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'TraefikService',
  plural: 'traefikservices',
  spec: () => ({
    weighted: {
      services: [
        { name: 'app-stable', port: 80, weight: 100 },
        { name: 'app-canary', port: 80, weight: 0 },
      ],
    },
  }),
  traffic: (name) => ({ traefik: { traefikService: name, services } }),
  canary: ({ weighted }: Weighted) => weighted.services[1]?.weight,
  besides: ({ lab, namespace }, { name, host }) =>
    lab.api().apply(`/apis/traefik.io/v1alpha1/namespaces/${namespace}/ingressroutes/${name}`, {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'IngressRoute',
      metadata: { name },
      spec: {
        entryPoints: ['web'],
        routes: [{ kind: 'Rule', match: `Host(\`${host}\`)`, services: [{ kind: 'TraefikService', name }] }],
      },
    }),
};
