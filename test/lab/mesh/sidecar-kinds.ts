/** HTTPRoutes whose parent is a Service: the sidecars of its clients act by them. */
import { join } from 'node:path';
import type { AtEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { startProcess } from '../../support/process.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { addresses } from '../network/network.ts';
import { sidecar } from './envoy.ts';
import { followsInEnvoy } from './envoy-weights.ts';
import type { Mesh } from './mesh.ts';
import type { MeshKind } from './mesh-route.ts';
import { routeOfGateway } from './traefik-kinds.ts';

const services = { stable: 'app-stable', canary: 'app-canary' };

/** A sidecar for a client in the mesh's namespace; it ends with the suite. */
export async function startSidecar({ namespace }: Mesh, atEnd: AtEnd): Promise<void> {
  const config = join(await tempDir(atEnd), 'sidecar.json');
  const { command, ready } = sidecar({ address: addresses.sidecar, namespace, config });
  const { output } = startProcess(command, { atEnd });
  await eventually(ready).catch((cause: unknown) => {
    throw new Error(`the sidecar is not ready:\n${output()}`, { cause });
  });
}

/** Of the Service `app`, which a client asks for by its name. */
export const routeOfService: MeshKind = {
  ...routeOfGateway,
  spec: () => ({
    parentRefs: [{ group: '', kind: 'Service', name: 'app', port: 80 }],
    rules: [
      {
        backendRefs: [
          { name: services.stable, port: 80, weight: 100 },
          { name: services.canary, port: 80, weight: 0 },
        ],
      },
    ],
  }),
  address: '127.0.0.1',
  host: ({ namespace }) => `app.${namespace}.svc.cluster.local`,
  follows: (host, percent) => followsInEnvoy(`${addresses.sidecar}:15000`, { host, canary: '||app-canary.', percent }),
};
