/** Tells Prometheus which pods there are, from a watch: Debian's build of it can't ask Kubernetes itself. */
import { renameSync, writeFileSync } from 'node:fs';
import type { Api } from '../api/api.ts';
import { follow } from '../api/follow.ts';
import type { Pod } from '../kubelet/pod.ts';

export interface Target {
  readonly targets: readonly [string];
  readonly labels: Readonly<Record<string, string>>;
}

/** The annotations by which pods ask to be scraped in most clusters. */
const annotation = (pod: Pod, name: string): string | undefined => pod.metadata.annotations?.[`prometheus.io/${name}`];

/** Null for a pod that is not to be scraped: not asked for, not running, or without an address yet. */
export function targetOf(pod: Pod): Target | null {
  const { metadata, status } = pod;
  if (annotation(pod, 'scrape') !== 'true' || status?.podIP === undefined || status.phase !== 'Running') return null;
  const labels = Object.entries(metadata.labels ?? {}).map(([name, value]) => [name.replace(/\W/g, '_'), value]);
  return {
    targets: [`${status.podIP}:${annotation(pod, 'port') ?? '80'}`],
    labels: {
      ...Object.fromEntries(labels),
      __metrics_path__: annotation(pod, 'path') ?? '/metrics',
      namespace: metadata.namespace ?? 'default',
      pod: metadata.name,
    },
  };
}

/** Keeps the file as the cluster is, until the signal. */
export function announcePods(api: Api, file: string, signal: AbortSignal): void {
  const pods = new Map<string, Pod>();
  let told = '';
  const tell = (): void => {
    const text = JSON.stringify([...pods.values()].map(targetOf).filter((target) => target !== null));
    if (text === told) return;
    told = text;
    writeFileSync(`${file}.next`, text);
    renameSync(`${file}.next`, file);
  };
  const keep = (pod: Pod): void => void pods.set(pod.metadata.uid, pod);
  const follower = {
    listed: (all: readonly Pod[]): void => {
      pods.clear();
      for (const pod of all) keep(pod);
      tell();
    },
    changed: (pod: Pod): void => {
      keep(pod);
      tell();
    },
    gone: (pod: Pod): void => {
      pods.delete(pod.metadata.uid);
      tell();
    },
  };
  void follow<Pod>(api, '/api/v1/pods', { follower, signal });
}
