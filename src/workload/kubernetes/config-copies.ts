/** ConfigMaps as they were when a revision was cut: copies that only its pods use. */
import { z } from 'zod';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import { contentHash } from '../../lib/content-hash.ts';
import { ok, type Result } from '../../lib/result.ts';
import { folders, labelsOf, type Owner, ownedBy } from './labels.ts';
import { copyName } from './revision-deployment.ts';

const held = z.looseObject({
  data: z.record(z.string(), z.string()).nullish(),
  binaryData: z.record(z.string(), z.string()).nullish(),
});

const trackNote = 'sluice.dev/track';

/** What another controller renews, or somebody took out, must stay live. */
export const isTracked = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.[trackNote] !== 'disabled' &&
  !(metadata.ownerReferences ?? []).some(({ controller }) => controller === true);

export function contentOf(map: KubeObject): z.output<typeof held> {
  const { data, binaryData } = held.parse(map);
  return { ...(data ? { data } : {}), ...(binaryData ? { binaryData } : {}) };
}

/** Whether these ConfigMaps hold what the revision's copies of them hold. */
export function areAsCopied(names: readonly string[], revision: string, maps: readonly KubeObject[]): boolean {
  const hashOf = (name: string): string | null => {
    const map = maps.find(({ metadata }) => metadata.name === name);
    return map === undefined ? null : contentHash(contentOf(map));
  };
  return names.every((name) => hashOf(name) === hashOf(copyName(name, revision)));
}

export interface Copying {
  readonly owner: Owner;
  readonly revision: string;
  readonly maps: readonly KubeObject[];
}

/** Immutable, and made before anything that uses them; those that are there are the same. */
export async function copyConfig(client: KubeClient, { owner, revision, maps }: Copying): Promise<Result<void>> {
  for (const map of maps) {
    const made = await client.create(folders(owner.namespace).configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: copyName(map.metadata.name, revision),
        labels: labelsOf(owner.policy, revision),
        ownerReferences: [ownedBy(owner)],
      },
      immutable: true,
      ...contentOf(map),
    });
    if (!made.ok && made.error.reason !== 'AlreadyExists') return made;
  }
  return ok(undefined);
}
