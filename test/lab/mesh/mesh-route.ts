/** A route in a mesh with a router of Sluice's on it, and requests that go through the data plane. */
import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../../src/kube/object.ts';
import type { Result } from '../../../src/lib/result.ts';
import { clusterTraffic } from '../../../src/release/policy-cluster-traffic.ts';
import type { Router, WriteProblem } from '../../../src/router/router.ts';
import { clusterRouter } from '../../../src/wiring/cluster-router.ts';
import { eventually } from '../../support/eventually.ts';
import { must } from '../../support/proxy.ts';
import type { Mesh } from './mesh.ts';
import { askEach, type Version } from './two-versions.ts';

/** A kind of object, and the data plane that acts by it. */
export interface MeshKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** All on stable. */
  spec(of: { readonly namespace: string; readonly host: string }): object;
  /** Words of a policy for the object of that name. */
  traffic(name: string): object;
  /** Canary's percent in the object's spec. */
  canary(spec: never): number | undefined;
  /** What else must be there for requests to come to it. */
  besides?(mesh: Mesh, of: { readonly name: string; readonly host: string }): Promise<unknown>;
  /** Whom requests are for; without it: one name for each object. */
  host?(mesh: Mesh): string;
  /** Where requests go in. */
  readonly address: string;
  /** Waits until the data plane deals requests for the host so. */
  follows(host: string, percent: number): Promise<unknown>;
}

export interface MeshRoute {
  /** Of the object, in the API. */
  readonly path: string;
  readonly host: string;
  readonly router: Router;
  object(): Promise<KubeObject>;
  /** Waits until the data plane has the weights of the object. */
  settled(): Promise<unknown>;
  /** Who answered each, from when the data plane has the weights of the object. */
  send(requests: number): Promise<readonly (Version | 'failed')[]>;
  /** As release r1 and epoch 1, on what the router says now. */
  raise(canary: number): Promise<Result<unknown, WriteProblem>>;
  lower(canary: number): Promise<Result<unknown, WriteProblem>>;
}

/** All on stable, and both versions ready. */
export async function aMeshRoute(mesh: Mesh, kind: MeshKind, make = clusterRouter): Promise<MeshRoute> {
  const { lab, namespace, client } = mesh;
  const name = `app-${randomUUID().slice(0, 8)}`;
  const host = kind.host?.(mesh) ?? `${name}.test`;
  const path = `/apis/${kind.apiVersion}/namespaces/${namespace}/${kind.plural}/${name}`;
  const spec = kind.spec({ namespace, host });
  await lab.api().apply(path, { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name }, spec });
  await kind.besides?.(mesh, { name, host });
  const made = make({ client, namespace }, clusterTraffic.parse(kind.traffic(name)));
  if (!made.ok) throw new Error(made.error.message);
  const router = made.value;
  await eventually(async () => {
    const { canaryReady, stableReady } = must(await router.observe());
    return canaryReady && stableReady;
  });
  const object = async (): Promise<KubeObject> => must(await client.get(path));
  const settled = async (): Promise<unknown> =>
    kind.follows(host, kind.canary((await object())['spec'] as never) ?? Number.NaN);
  const order = { release: 'r1', epoch: 1, latch: false };
  return {
    path,
    host,
    router,
    object,
    settled,
    send: async (requests) => {
      await settled();
      return askEach({ address: kind.address, host }, requests);
    },
    raise: async (canary) => router.write({ ...order, canary, ifVersion: must(await router.observe()).version }),
    lower: (canary) => router.write({ ...order, canary, ifVersion: null }),
  };
}
