/** istiod outside of a pod: it configures proxies from VirtualServices, DestinationRules, Gateways and HTTPRoutes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigOf } from '../control-plane/identities.ts';
import { addresses } from '../network/network.ts';
import { fileOf } from '../parts/parts.ts';
import type { Server } from '../servers/server.ts';

export const istioNamespace = 'istio-system';

/** Where proxies ask for their configuration. */
export const discovery = { address: addresses.controlPlane, port: 15_010 } as const;

const discoveryAddress = `${discovery.address}:${discovery.port}`;
const httpAddress = `${addresses.controlPlane}:8080`;

/** Plain text between proxies: without it clusters would wait for certificates that nobody signs here. */
const mesh = {
  rootNamespace: istioNamespace,
  enableAutoMtls: false,
  enablePrometheusMerge: false,
  accessLogFile: '',
  proxyHttpPort: 15_080,
  defaultConfig: { discoveryAddress },
};

export function istiod(folder: string): Server {
  const meshFile = join(folder, 'mesh.json');
  writeFileSync(meshFile, JSON.stringify(mesh));
  return {
    name: 'istiod',
    at: discoveryAddress,
    command: [
      fileOf('istio', 'pilot-discovery'),
      'discovery',
      `--kubeconfig=${kubeconfigOf(folder, 'istiod')}`,
      `--meshConfig=${meshFile}`,
      '--networksConfig=/dev/null',
      `--httpAddr=${httpAddress}`,
      '--httpsAddr=',
      `--grpcAddr=${discoveryAddress}`,
      '--secureGRPCAddr=',
      `--monitoringAddr=${addresses.controlPlane}:15014`,
      '--ctrlz_port=0',
    ],
    env: {
      POD_NAMESPACE: istioNamespace,
      POD_NAME: 'istiod-lab',
      REVISION: 'default',
      PILOT_CERT_PROVIDER: 'none',
      ENABLE_CA_SERVER: 'false',
      ENABLE_DEBUG_ENDPOINT_AUTH: 'false',
      // Gateways of its own class are the lab's Envoy, not Deployments that nobody could run.
      PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER: 'false',
      // Filters that only Istio's own build of Envoy has.
      PILOT_ENABLE_METADATA_EXCHANGE: 'false',
      PILOT_ENABLE_ALPN_FILTER: 'false',
      PILOT_ENABLE_TELEMETRY_LABEL: 'false',
    },
    ready: async () => (await fetch(`http://${httpAddress}/ready`)).ok,
  };
}
