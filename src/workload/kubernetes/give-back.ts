/** The Services as they were before Sluice came: users' own by its note, stable's by the Deployment's pods. */
import { z } from 'zod';
import type { KubeClient } from '../../kube/client.ts';
import { ok, type Result } from '../../lib/result.ts';
import { annotationPath, fencedPatch } from './fenced-patch.ts';
import { folders, note } from './labels.ts';
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

export async function giveBackServices(client: KubeClient, order: GivingBack): Promise<Result<void>> {
  const { deployments, services } = folders(order.namespace);
  const target = await client.get(`${deployments}/${order.target}`);
  if (!target.ok) return target;
  const pods = deploymentSpec.parse(target.value['spec']).selector.matchLabels;
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
  }
  return ok(undefined);
}
