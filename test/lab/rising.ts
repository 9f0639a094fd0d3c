/** How many pods of a revision were ready when its weight was written, in the order in which the API server kept both. */
import { label } from '../../src/workload/kubernetes/labels.ts';
import type { Api, KubeObject } from './api/api.ts';
import { type Follower, follow } from './api/follow.ts';
import type { PodSeen } from './sample-deployment.ts';

interface Rise {
  readonly weight: number;
  /** Ready pods of each revision at that moment. */
  readonly ready: Readonly<Record<string, number>>;
}

interface Places {
  readonly namespace: string;
  /** Of the VirtualService. */
  readonly routeName: string;
}

/** As far as it says who gets how much. */
export interface Route extends KubeObject {
  readonly spec: { readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[] };
}

const every = <T>(note: (object: T) => void): Follower<T> => ({
  listed: (objects) => objects.forEach(note),
  changed: note,
  gone: note,
});

/** Versions of one API server's objects count in one row, whatever they are of. */
const versionOf = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion);

/** Follows both until the signal; answers each change of the canary's weight. */
export function followRising(api: Api, { namespace, routeName }: Places, signal: AbortSignal): () => readonly Rise[] {
  const pods: PodSeen[] = [];
  const routes: Route[] = [];
  const istio = `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices`;
  void follow<PodSeen>(api, `/api/v1/namespaces/${namespace}/pods`, {
    follower: every((pod) => pods.push(pod)),
    signal,
  });
  void follow<Route>(api, istio, { follower: every((route) => routes.push(route)), signal });
  const readyAt = (version: number): Rise['ready'] => {
    const latest = new Map(
      pods
        .filter((pod) => versionOf(pod) <= version)
        .toSorted((a, b) => versionOf(a) - versionOf(b))
        .map((pod) => [pod.metadata.name, pod]),
    );
    const ready: Record<string, number> = {};
    for (const { metadata, status } of latest.values()) {
      const revision = metadata.labels?.[label.revision] ?? 'none';
      const isReady = status.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True');
      if (isReady === true && metadata.deletionTimestamp === undefined) ready[revision] = (ready[revision] ?? 0) + 1;
    }
    return ready;
  };
  return () => {
    const own = routes.filter(({ metadata }) => metadata.name === routeName);
    const written = own
      .toSorted((a, b) => versionOf(a) - versionOf(b))
      .map((route) => ({ weight: route.spec.http[0]?.route[1]?.weight ?? 0, version: versionOf(route) }));
    const changes = written.filter(({ weight }, at) => weight !== written[at - 1]?.weight);
    return changes.map(({ weight, version }) => ({ weight, ready: readyAt(version) }));
  };
}
