/** kube-controller-manager with the controllers that deliveries meet; there is no scheduler: the kubelet binds pods itself. */
import { Agent, request } from 'undici';
import { addresses } from '../network/network.ts';
import { fileOf } from '../parts/parts.ts';
import type { Server } from '../servers/server.ts';
import { kubeconfigOf } from './identities.ts';

const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'horizontal-pod-autoscaler-controller',
  'job-controller',
  'ttl-after-finished-controller',
  'disruption-controller',
  'validatingadmissionpolicy-status-controller',
];

const healthUrl = `https://${addresses.controlPlane}:10257/healthz`;

export function controllerManager(folder: string): Server {
  const anyCertificate = new Agent({ connect: { rejectUnauthorized: false } });
  return {
    name: 'kube-controller-manager',
    at: healthUrl,
    command: [
      fileOf('kubernetes', 'kube-controller-manager'),
      `--kubeconfig=${kubeconfigOf(folder, 'controller-manager')}`,
      `--bind-address=${addresses.controlPlane}`,
      '--leader-elect=false',
      `--controllers=${controllers.join(',')}`,
      '--use-service-account-credentials=false',
    ],
    ready: async () => {
      const { statusCode, body } = await request(healthUrl, { dispatcher: anyCertificate });
      await body.dump();
      return statusCode === 200;
    },
  };
}
