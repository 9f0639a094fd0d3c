/** A namespace with a service in two versions, and a client of Sluice's own that may do there what its routers need. */
import type { RouteClient } from '../../../src/router/kubernetes-route.ts';
import { clientOf } from '../client-of.ts';
import type { JoinedLab } from '../joined-lab.ts';
import { deploymentPath } from '../sample-deployment.ts';
import { startTwoVersions, type Version, versions } from './two-versions.ts';

export interface Mesh {
  readonly lab: JoinedLab;
  readonly namespace: string;
  /** Of the identity `sluice`, by which the audit log tells its requests from those of others. */
  readonly client: RouteClient;
}

const rules = [
  { apiGroups: ['networking.istio.io'], resources: ['virtualservices'], verbs: ['get', 'list', 'watch', 'patch'] },
  { apiGroups: ['networking.istio.io'], resources: ['destinationrules'], verbs: ['list', 'watch'] },
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs: ['get', 'list', 'watch', 'patch'] },
  { apiGroups: ['traefik.io'], resources: ['traefikservices'], verbs: ['get', 'list', 'watch', 'patch'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['services', 'pods'], verbs: ['get', 'list', 'watch'] },
];

/** Services `app-stable`, `app-canary`, and `app` with the subsets `stable` and `canary`. */
export async function startMesh(lab: JoinedLab): Promise<Mesh> {
  const namespace = await lab.namespace();
  const api = lab.api();
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const [metadata, at] = [{ name: 'routers' }, `/apis/${apiVersion}/namespaces/${namespace}`];
  await api.apply(`${at}/roles/routers`, { apiVersion, kind: 'Role', metadata, rules });
  await api.apply(`${at}/rolebindings/routers`, {
    apiVersion,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'routers' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'sluice' }],
  });
  await startTwoVersions(lab, namespace);
  await api.apply(`/apis/networking.istio.io/v1/namespaces/${namespace}/destinationrules/app`, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'app' },
    spec: { host: 'app', subsets: versions.map((version) => ({ name: version, labels: { version } })) },
  });
  return { lab, namespace, client: clientOf(lab, 'sluice') };
}

export const scale = ({ lab, namespace }: Mesh, version: Version, replicas: number): Promise<unknown> =>
  lab.api().patch(deploymentPath(namespace, `app-${version}`), { spec: { replicas } });
