/** VirtualServices that the gateway's Envoy acts by: between Services, and between subsets of one. */
import { addresses } from '../network/network.ts';
import { envoyAdmin } from './envoy.ts';
import { followsInEnvoy } from './envoy-weights.ts';
import type { MeshKind } from './mesh-route.ts';
import { istioGateway } from './objects.ts';

interface Spec {
  readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[];
}

const virtualService = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  plural: 'virtualservices',
  address: addresses.ingress,
} as const;

const port = { number: 80 };

/** The second of two routes, by its name; the first sends a path to stable for good. */
export const betweenServices: MeshKind = {
  ...virtualService,
  spec: ({ host }) => ({
    hosts: [host],
    gateways: [istioGateway],
    http: [
      { name: 'fixed', match: [{ uri: { prefix: '/fixed' } }], route: [{ destination: { host: 'app-stable', port } }] },
      {
        name: 'primary',
        timeout: '3s',
        route: [
          { destination: { host: 'app-stable', port }, weight: 100 },
          { destination: { host: 'app-canary', port }, weight: 0 },
        ],
      },
    ],
  }),
  traffic: (name) => ({
    istio: { virtualService: name, routes: ['primary'], services: { stable: 'app-stable', canary: 'app-canary' } },
  }),
  canary: ({ http }: Spec) => http[1]?.route[1]?.weight ?? 0,
  follows: (host, percent) => followsInEnvoy(envoyAdmin, { host, canary: '||app-canary.', percent }),
};

export const betweenSubsets: MeshKind = {
  ...virtualService,
  spec: ({ host }) => ({
    hosts: [host],
    gateways: [istioGateway],
    http: [
      {
        route: [
          { destination: { host: 'app', subset: 'stable', port }, weight: 100 },
          { destination: { host: 'app', subset: 'canary', port }, weight: 0 },
        ],
      },
    ],
  }),
  traffic: (name) => ({
    istio: { virtualService: name, subsets: { host: 'app', stable: 'stable', canary: 'canary' } },
  }),
  canary: ({ http }: Spec) => http[0]?.route[1]?.weight ?? 0,
  follows: (host, percent) => followsInEnvoy(envoyAdmin, { host, canary: '|canary|app.', percent }),
};
