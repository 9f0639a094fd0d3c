/** The Services as they were before Sluice came: users' own by its note, stable's by the Deployment's pods. */
import { z } from 'zod';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import { ok, type Result } from '../../lib/result.ts';
import { endpointPods } from './endpoints.ts';
import { annotationPath, fencedPatch } from './fenced-patch.ts';
import { folders, label, note } from './labels.ts';
import { isReady } from './pod-instance.ts';
import { sameWords, selectorOf } from './services.ts';

const words = z.record(z.string(), z.string());

const deploymentSpec = z.looseObject({ selector: z.looseObject({ matchLabels: words }) });

export interface GivingBack {
  readonly namespace: string;
  /** Deployment that users' pods are of from now on. */
  readonly target: string;
  /** Services that select its pods again; those that are not there are left out. */
  readonly services: readonly string[];
  readonly epoch: number;
}

/** Whether the Services send to all of the Deployment's ready pods already. */
export async function giveBackServices(client: KubeClient, order: GivingBack): Promise<Result<boolean>> {
  const { deployments, services } = folders(order.namespace);
  const target = await client.get(`${deployments}/${order.target}`);
  if (!target.ok) return target;
  const pods = deploymentSpec.parse(target.value['spec']).selector.matchLabels;
  let isReached = true;
  for (const name of order.services) {
    const written = await fencedPatch(client, {
      path: `${services}/${name}`,
      epoch: order.epoch,
      decide: (object) => {
        const noted = object.metadata.annotations?.[note.selector];
        const before = noted === undefined ? pods : words.parse(JSON.parse(noted));
        const isBack = sameWords(selectorOf(object), before);
        if (isBack && noted === undefined) return ok(null);
        return ok([
          { op: 'add', path: '/spec/selector', value: before },
          ...(noted === undefined ? [] : [{ op: 'remove' as const, path: annotationPath(note.selector) }]),
        ]);
      },
    });
    if (!written.ok && written.error.reason !== 'NotFound') return written;
    if (!written.ok) continue;
    const reached = await sendsToAll(client, order, { service: written.value, pods });
    if (!reached.ok) return reached;
    isReached &&= reached.value;
  }
  return ok(isReached);
}

/** All pods of the Deployment's own that the Service selects and that are ready. */
async function sendsToAll(
  client: KubeClient,
  { namespace }: GivingBack,
  { service, pods }: { readonly service: KubeObject; readonly pods: Readonly<Record<string, string>> },
): Promise<Result<boolean>> {
  const chosen = Object.entries({ ...pods, ...selectorOf(service) }).map(([key, value]) => `${key}=${value}`);
  const labelSelector = [...chosen, `!${label.policy}`].join();
  const listed = await client.list(folders(namespace).pods, { labelSelector });
  if (!listed.ok) return listed;
  const sent = await endpointPods(client, { namespace, service: service.metadata.name });
  if (!sent.ok) return sent;
  const ready = new Set(sent.value.filter(({ isReady: is }) => is).map(({ pod }) => pod));
  return ok(listed.value.objects.filter(isReady).every(({ metadata: { name } }) => ready.has(name)));
}
