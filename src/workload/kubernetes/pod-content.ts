/** What runs in a pod, without all that is each pod's own: a restart changes nothing of it. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import { contentHash } from '../../lib/content-hash.ts';

/** As its template says it: none of it differs between two pods of one. */
const asSaid = [
  ...['name', 'image', 'command', 'args', 'workingDir', 'resources', 'ports'],
  ...['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'securityContext'],
] as const;

const named = z.looseObject({ name: z.string() });

const container = z.looseObject({
  ...{ name: z.string(), image: z.string() },
  env: z.array(named).optional(),
  volumeMounts: z.array(named).optional(),
});

const podSpec = z.looseObject({
  containers: z.array(container),
  initContainers: z.array(container).optional(),
  volumes: z.array(named).optional(),
});

type Container = z.output<typeof container>;

/** Put into each pod beside what it is made of. */
const injected = new Set(['istio-proxy', 'istio-init']);

/** What whoever drives a rollout names anew for the copy that serves as stable (Flagger: `NAME-primary`). */
const renamed = ['configMap', 'secret', 'projected'] as const;

const mountedAnew = ({ name }: { readonly name: string }): boolean => name.startsWith('kube-api-access-');

/** A hash; null: the pod does not say. */
export function podContent(pod: KubeObject): string | null {
  const { data } = podSpec.safeParse(pod['spec']);
  if (data === undefined) return null;
  const { containers, initContainers = [], volumes = [] } = data;
  return contentHash([
    containersOf(containers),
    containersOf(initContainers),
    volumes.filter((each) => !mountedAnew(each)).map(volumeOf),
    data['securityContext'] ?? null,
  ]);
}

const containersOf = (all: readonly Container[]) =>
  all
    .filter(({ name }) => !injected.has(name))
    .map(({ env = [], volumeMounts = [], ...said }) => [
      ...asSaid.map((field) => said[field] ?? null),
      env.filter((each) => each['valueFrom'] === undefined),
      volumeMounts.filter((each) => !mountedAnew(each)),
    ]);

const volumeOf = (volume: z.output<typeof named>): unknown => {
  const kind = renamed.find((each) => volume[each] !== undefined);
  return kind === undefined ? volume : [volume.name, kind];
};
