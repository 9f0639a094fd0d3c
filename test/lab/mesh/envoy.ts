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
  const name = 'ingress-1';
  const id = `router~${addresses.ingress}~${name}.${istioNamespace}~${istioNamespace}.svc.cluster.local`;
  const metadata = { NAME: name, NAMESPACE: istioNamespace, LABELS: ingressLabels };
  writeFileSync(config, bootstrap({ id, metadata, admin: envoyAdmin }));
  return {
    name: 'envoy',
    at: `http://${addresses.ingress}`,
    command: envoyCommand(config),
    ready: () => isReady(envoyAdmin),
  };
}

const envoyCommand = (config: string): Server['command'] => [
  fileOf('envoy', 'envoy/_bin/envoy'),
  ...['--config-path', config],
  ...['--concurrency', '1'],
  '--disable-hot-restart',
  ...['--log-level', 'warn'],
];

const isReady = async (admin: string): Promise<boolean> => (await fetch(`http://${admin}/ready`)).ok;

interface Proxy {
  readonly id: string;
  readonly metadata: object;
  /** Address and port. */
  readonly admin: string;
}

function bootstrap({ id, metadata, admin }: Proxy): string {
  const [host, port] = admin.split(':');
  const fromIstiod = { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' };
  const everywhere = { ISTIO_VERSION: '1.31.0', CLUSTER_ID: 'Kubernetes', MESH_ID: 'cluster.local' };
  return JSON.stringify({
    node: { id, cluster: `proxy.${istioNamespace}`, metadata: { ...metadata, ...everywhere } },
    stats_config: { use_all_default_tags: false, stats_tags: statsTags },
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
  });
}

/** As Istio's own bootstrap has them: names of its clusters hold dots, and end with a semicolon. */
const statsTags = [
  { tag_name: 'cluster_name', regex: '^cluster(\\.(.+);)' },
  { tag_name: 'response_code', regex: '_rq(_(\\d{3}))$' },
  { tag_name: 'response_code_class', regex: '_rq(_(\\dxx))$' },
];

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
