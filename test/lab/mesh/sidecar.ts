/** Envoy as the sidecar of a pod that asks others: routes whose parent is a Service are followed there, and at no gateway. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AtEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { startProcess } from '../../support/process.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { addresses } from '../network/network.ts';
import { bootstrap, envoyCommand, isReady } from './envoy.ts';
import { followsInEnvoy } from './envoy-weights.ts';
import type { Mesh } from './mesh.ts';
import type { MeshKind } from './mesh-route.ts';

const admin = `${addresses.sidecar}:15000`;

/** In the mesh's namespace; resolves when it can be asked, at 127.0.0.1 by a Service's port and name. */
export async function startSidecar({ namespace }: Mesh, atEnd: AtEnd): Promise<void> {
  const name = 'asking';
  const id = `sidecar~${addresses.sidecar}~${name}.${namespace}~${namespace}.svc.cluster.local`;
  // It takes no connections over: who asks speaks to the listener of the Service's port.
  const metadata = { NAME: name, NAMESPACE: namespace, LABELS: { app: name }, INTERCEPTION_MODE: 'NONE' };
  const config = join(await tempDir(atEnd), 'sidecar.json');
  await writeFile(config, bootstrap({ id, metadata, admin }));
  const { output } = startProcess(envoyCommand(config), { atEnd });
  await eventually(() => isReady(admin)).catch((cause: unknown) => {
    throw new Error(output().slice(-2_000), { cause });
  });
}

interface Rules {
  readonly rules: readonly { readonly backendRefs: readonly { readonly weight: number }[] }[];
}

/** An HTTPRoute with a Service as its parent (GAMMA), through istiod. */
export const routeOfService: MeshKind = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  plural: 'httproutes',
  address: '127.0.0.1',
  host: ({ namespace }) => `app.${namespace}.svc.cluster.local`,
  spec: () => ({
    parentRefs: [{ group: '', kind: 'Service', name: 'app', port: 80 }],
    rules: [
      {
        backendRefs: [
          { name: 'app-stable', port: 80, weight: 100 },
          { name: 'app-canary', port: 80, weight: 0 },
        ],
      },
    ],
  }),
  traffic: (name) => ({ gatewayApi: { httpRoute: name, services: { stable: 'app-stable', canary: 'app-canary' } } }),
  canary: ({ rules }: Rules) => rules[0]?.backendRefs[1]?.weight,
  follows: (host, percent) => followsInEnvoy(admin, { host, canary: '||app-canary.', percent }),
};
