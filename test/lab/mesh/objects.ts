/** What a cluster with Istio and Traefik holds before anybody delivers anything: definitions, namespaces, one Gateway for each. */
import { readFileSync } from 'node:fs';
import { eventually } from '../../support/eventually.ts';
import { type Api, hasCode, type KubeObject } from '../api/api.ts';
import { addresses } from '../network/network.ts';
import { fileOf, manifestFiles } from '../parts/parts.ts';
import { ingressLabels } from './envoy.ts';
import { istioNamespace } from './istiod.ts';

const traefikNamespace = 'traefik';

/** For `spec.gateways` of a VirtualService. */
export const istioGateway = `${istioNamespace}/ingress`;

/** For `spec.parentRefs` of an HTTPRoute. */
export const traefikGateway = { name: 'ingress', namespace: traefikNamespace } as const;

const pathsOfKinds: Readonly<Record<string, string>> = {
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ValidatingAdmissionPolicy: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
};

/** The kinds of Istio, the Gateway API and Traefik; the part `manifests` must be there. */
export async function defineKinds(api: Api): Promise<void> {
  const definitions = manifestFiles.flatMap((file) => readObjects(fileOf('manifests', file)));
  await Promise.all(definitions.map((object) => api.apply(pathOf(object), object)));
}

/** Definitions first, then what they define, as soon as it is served. */
export async function makeObjects(api: Api): Promise<void> {
  const namespaces = [istioNamespace, traefikNamespace].map((name) =>
    api.apply(`/api/v1/namespaces/${name}`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
  );
  await Promise.all([...namespaces, defineKinds(api)]);
  await Promise.all(gateways.map(({ path, object }) => whenServed(() => api.apply(path, object))));
}

const readObjects = (file: string): readonly KubeObject[] =>
  JSON.parse(readFileSync(file, 'utf8')) as readonly KubeObject[];

function pathOf({ kind = '', metadata: { name } }: KubeObject): string {
  const path = pathsOfKinds[kind];
  if (path === undefined) throw new Error(`the manifests hold ${kind} ${name}, which the lab does not know`);
  return `${path}/${name}`;
}

const whenServed = (write: () => Promise<unknown>): Promise<unknown> =>
  eventually(() =>
    write().catch((error: unknown) => {
      if (hasCode(404)(error)) return null;
      throw error;
    }),
  );

const gateways = [
  {
    path: `/apis/networking.istio.io/v1/namespaces/${istioNamespace}/gateways/ingress`,
    object: {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: 'ingress', namespace: istioNamespace },
      spec: {
        selector: ingressLabels,
        // All addresses of the network are this machine's: an open bind would take Traefik's.
        servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, bind: addresses.ingress, hosts: ['*'] }],
      },
    },
  },
  {
    path: '/apis/gateway.networking.k8s.io/v1/gatewayclasses/traefik',
    object: {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: 'traefik' },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    },
  },
  {
    path: `/apis/gateway.networking.k8s.io/v1/namespaces/${traefikNamespace}/gateways/ingress`,
    object: {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'ingress', namespace: traefikNamespace },
      spec: {
        gatewayClassName: 'traefik',
        listeners: [{ name: 'web', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }],
      },
    },
  },
];
