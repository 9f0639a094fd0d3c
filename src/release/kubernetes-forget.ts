/** Releases that ended long ago, or that too many came after, go from the cluster. */
import type { KubeClient } from '../kube/client.ts';
import { type HistoryBound, toForget } from './history-bound.ts';
import type { endedOf } from './kubernetes-status.ts';

interface Bounded extends HistoryBound {
  readonly client: KubeClient;
}

/** `ended`: of one policy. What could not be deleted is met again at the next end. */
export async function forgetOld(
  { client, keep = 100, keepForMs }: Bounded,
  folder: string,
  ended: ReturnType<typeof endedOf>,
): Promise<void> {
  const old = toForget(ended, { keep, ...(keepForMs === undefined ? {} : { keepForMs }) });
  await Promise.all(old.map(({ name }) => client.delete(`${folder}/${name}`)));
}
