/** Pods that are to end, taken out of every Service before: without the labels that a Service selects them by, they run on and get nothing new. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import { ok, type Result } from '../../lib/result.ts';
import { endpointPods } from './endpoints.ts';
import { folders, isNote } from './labels.ts';
import { notedSelector, selectorOf } from './services.ts';

/** `left`: no Service sends to any pod that the labels select, by its labels and by its endpoints. */
export async function leaveServices(
  client: KubeClient,
  { namespace, labelSelector }: { readonly namespace: string; readonly labelSelector: string },
): Promise<Result<'leaving' | 'left'>> {
  const { pods: folder, services } = folders(namespace);
  const [pods, known] = await Promise.all([client.list(folder, { labelSelector }), client.list(services)]);
  if (!pods.ok) return pods;
  if (!known.ok) return known;
  const leaving = pods.value.objects.flatMap((pod) => {
    const keys = known.value.objects.flatMap((service) => keysSelecting(service, pod));
    return keys.length === 0 ? [] : [{ pod, labels: Object.fromEntries(keys.map((key) => [key, null])) }];
  });
  for (const { pod, labels } of leaving) {
    const { name, uid } = pod.metadata;
    const left = await client.patch(`${folder}/${name}`, { type: 'merge', body: { metadata: { uid, labels } } });
    if (!left.ok && left.error.reason !== 'NotFound') return left;
  }
  if (leaving.length > 0) return ok('leaving');
  const sent = await endpointPods(client, { namespace });
  if (!sent.ok) return sent;
  const names = new Set(sent.value.map(({ pod }) => pod));
  return ok(pods.value.objects.some(({ metadata }) => names.has(metadata.name)) ? 'leaving' : 'left');
}

/** Labels that a Service finds the pod by, or will when it gets back what it selected before; but for those that Sluice moves itself. */
export function keysSelecting(service: KubeObject, { metadata: { labels = {} } }: KubeObject): readonly string[] {
  return [selectorOf(service), notedSelector(service)].flatMap((words) => {
    const selector = Object.entries(words);
    const isFound = selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
    return isFound ? selector.map(([key]) => key).filter((key) => !isNote(key)) : [];
  });
}
