/** Envoy as Istio's ingress gateway: it takes all that it does from istiod. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addresses } from '../network/network.ts';
import { fileOf } from '../parts/parts.ts';
import type { Server } from '../servers/server.ts';
import { discovery, istioNamespace } from './istiod.ts';

/** Metrics, configuration, readiness. */
export const envoyAdmin = `${addresses.ingress}:15000`;

export const ingressLabels = { istio: 'ingressgateway' } as const;

export function envoy(folder: string): Server {
  const config = join(folder, 'envoy.json');
  writeFileSync(config, JSON.stringify(bootstrap()));
  return {
    name: 'envoy',
    at: `http://${addresses.ingress}`,
    command: [
      fileOf('envoy', 'envoy/_bin/envoy'),
      ...['--config-path', config],
      ...['--concurrency', '1'],
      '--disable-hot-restart',
      ...['--log-level', 'warn'],
    ],
    ready: async () => (await fetch(`http://${envoyAdmin}/ready`)).ok,
  };
}

function bootstrap(): object {
  const [host, port] = envoyAdmin.split(':');
  const name = 'ingress-1';
  const fromIstiod = { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' };
  return {
    node: {
      id: `router~${addresses.ingress}~${name}.${istioNamespace}~${istioNamespace}.svc.cluster.local`,
      cluster: `ingress.${istioNamespace}`,
      metadata: {
        NAME: name,
        NAMESPACE: istioNamespace,
        ISTIO_VERSION: '1.31.0',
        CLUSTER_ID: 'Kubernetes',
        MESH_ID: 'cluster.local',
        LABELS: ingressLabels,
      },
    },
    admin: { address: socket(host ?? '', Number(port)) },
    dynamic_resources: {
      lds_config: fromIstiod,
      cds_config: fromIstiod,
      ads_config: {
        api_type: 'DELTA_GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc' } }],
      },
    },
    static_resources: { clusters: [istiodCluster] },
  };
}

const socket = (address: string, port: number): object => ({ socket_address: { address, port_value: port } });

const istiodCluster = {
  name: 'xds-grpc',
  type: 'STATIC',
  connect_timeout: '1s',
  load_assignment: {
    cluster_name: 'xds-grpc',
    endpoints: [{ lb_endpoints: [{ endpoint: { address: socket(discovery.address, discovery.port) } }] }],
  },
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: {} },
    },
  },
};
