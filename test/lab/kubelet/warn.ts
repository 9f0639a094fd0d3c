/** Events as a kubelet writes them, for people and for controllers that read why a pod does not get ready. */
import type { Api } from '../api/api.ts';
import type { Pod } from './pod.ts';
import { timeOf } from './pod-status.ts';

export interface Warning {
  readonly api: Api;
  readonly pod: Pod;
  readonly reason: string;
  readonly message: string;
}

/** Nobody waits for it, and one that can't be written is lost, as in Kubernetes. */
export function warn({ api, pod: { metadata }, reason, message }: Warning): void {
  const { name, namespace = 'default', uid, resourceVersion } = metadata;
  const now = timeOf(Date.now());
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid, resourceVersion },
    source: { component: 'kubelet', host: 'lab' },
    type: 'Warning',
    reason,
    message,
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
  };
  api.create(`/api/v1/namespaces/${namespace}/events`, event).catch(() => undefined);
}
