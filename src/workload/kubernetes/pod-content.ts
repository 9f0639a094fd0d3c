/** What runs in a pod, without all that is each pod's own: a restart changes nothing of it. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import { contentHash } from '../../lib/content-hash.ts';

const container = z.object({
  ...{ name: z.string(), image: z.string() },
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.array(z.unknown()).optional(),
  envFrom: z.array(z.unknown()).optional(),
});

const podSpec = z.looseObject({ containers: z.array(container), initContainers: z.array(container).optional() });

/** A hash; null: the pod does not say. */
export function podContent(pod: KubeObject): string | null {
  const { data } = podSpec.safeParse(pod['spec']);
  return data === undefined ? null : contentHash([data.containers, data.initContainers ?? []]);
}
