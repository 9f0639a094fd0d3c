/** Workload adapter for pods that somebody else makes, scales and selects: looked at, and never touched. */
import type { KubeObject } from '../kube/object.ts';
import type { ClusterView } from '../kube/view.ts';
import { ok, type Result } from '../lib/result.ts';
import { folders } from './kubernetes/labels.ts';
import { isSelected, type Side, sidesOf } from './kubernetes/observed-sides.ts';
import { podContent } from './kubernetes/pod-content.ts';
import { failureOf, instanceOf } from './kubernetes/pod-instance.ts';
import { selectorOf } from './kubernetes/services.ts';
import type { Backend, RevisionState, Workload, WorkloadState } from './workload.ts';

export interface ObservedWorkloadOptions {
  readonly namespace: string;
  /** Of Services. */
  readonly view: ClusterView;
  /** Of all pods of the namespace: nobody knows which labels they have. */
  readonly pods: ClusterView;
  /** That the route names. */
  readonly services: Readonly<Record<Backend, string>>;
}

export class ObservedWorkload implements Workload {
  readonly #options: ObservedWorkloadOptions;

  constructor(options: ObservedWorkloadOptions) {
    this.#options = options;
  }

  async observe(): Promise<Result<WorkloadState>> {
    const { namespace, pods, services, view } = this.#options;
    const found = view.list(folders(namespace).services);
    if (!found.ok) return found;
    const all = pods.list(folders(namespace).pods);
    if (!all.ok) return all;
    const selector = (backend: Backend) => {
      const service = found.value.find(({ metadata: { name } }) => name === services[backend]);
      return service === undefined ? {} : selectorOf(service);
    };
    const { canary, stable } = sidesOf(all.value, { stable: selector('stable'), canary: selector('canary') });
    return ok({
      observedAtMs: Date.now(),
      revisions: [stable, canary].flatMap((side) => (side === null ? [] : [stateOf(side)])),
      serving: { stable: stable?.revision ?? null, canary: canary?.revision ?? null },
    });
  }

  /** Whoever drives makes what runs. */
  async ensure(): Promise<Result<void>> {
    return ok(undefined);
  }

  /** Whoever drives says who serves. */
  async serve(): Promise<Result<void>> {
    return ok(undefined);
  }

  onChange(listener: () => void): () => void {
    const { namespace, pods, services, view } = this.#options;
    const { services: folder } = folders(namespace);
    const names = new Set(Object.values(services));
    const selects = (pod: KubeObject): boolean => {
      const listed = view.list(folder);
      return (
        !listed.ok ||
        listed.value.some((service) => names.has(service.metadata.name) && isSelected(pod, selectorOf(service)))
      );
    };
    const ends = [
      view.onChange((path, object) => {
        if (path === folder && (object === null || names.has(object.metadata.name))) listener();
      }),
      pods.onChange((_path, pod) => {
        if (pod === null || selects(pod)) listener();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** Nothing is under way. */
  async close(): Promise<void> {}
}

function stateOf({ pods, revision }: Side): RevisionState {
  const [content] = pods.flatMap((pod) => podContent(pod) ?? []);
  return {
    revision,
    wanted: pods.length,
    instances: pods.map(instanceOf),
    ...(content === undefined ? {} : { content }),
    failure: pods.map(failureOf).find((failure) => failure !== null) ?? null,
  };
}
