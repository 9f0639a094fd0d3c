/**
 * A controller's work in one namespace: it waits for its turn, leads, and ends when it is told to, or when the namespace does.
 *
 *   standby ──► elected ──► leads ──► told to stop ──► Lease given back
 *                             └─ lost ──► not one request more
 */
import { once } from 'node:events';
import type { Access } from '../../kube/access.ts';
import { KubeClient } from '../../kube/client.ts';
import { revocableAccess } from '../../kube/revocable-access.ts';
import { ok, type Result } from '../../lib/result.ts';
import { CheckpointedStore } from '../../release/checkpointed.ts';
import type { HistoryBound } from '../../release/history-bound.ts';
import { KubernetesStore } from '../../release/kubernetes-store.ts';
import { startClusterController } from './cluster-controller.ts';
import { openView } from './cluster-scene.ts';
import type { ClusterTerm } from './cluster-term.ts';
import { awaitOffice, type Office, type OfficeOptions } from './office.ts';
import { startClusterStandby } from './standby-server.ts';

export interface PostPlace
  extends Pick<OfficeOptions, 'timing'>,
    Pick<
      ClusterTerm,
      'compression' | 'door' | 'log' | 'namespace' | 'openMetrics' | 'reviewer' | 'settings' | 'version'
    > {
  readonly access: Access;
  readonly bound: HistoryBound;
  readonly stop: AbortSignal;
  /** Nothing may be written any more; `gone`: because the namespace is deleted. Where it returns, the post is over. */
  readonly lost: (why: string, cause: 'gone' | 'taken') => void;
  readonly waits: () => void;
  /** `url`: of the API. */
  readonly leads: (url: string) => void;
}

/** What a bake has earned, and what was counted, is written so often; a compressed plan asks no more of the API server. */
const checkpointMs = 30_000;

/** Resolves when it is over, and to what kept it from its work. */
export async function keepPost(place: PostPlace): Promise<Result<void>> {
  const { stop } = place;
  const over = new AbortController();
  const gone = new AbortController();
  const client = new KubeClient(revocableAccess(place.access, over.signal));
  const standby = await startClusterStandby({ ...place, client });
  if (!standby.ok) return standby;
  place.waits();
  const lost = (why: string): void => {
    over.abort();
    place.lost(why, gone.signal.aborted ? 'gone' : 'taken');
  };
  const office = await awaitOffice({ ...place, client, lost });
  // At once: who leads has more urgent things to do.
  await standby.value.stop(0);
  if (office === null) return ok(undefined);
  try {
    return await lead({ ...place, client, gone }, office, AbortSignal.any([stop, over.signal]));
  } finally {
    // Whatever became of it: who tries again finds the Lease free, and nothing of this term is written any more.
    await office.leave();
    over.abort();
  }
}

type Post = PostPlace & Required<Pick<ClusterTerm, 'client' | 'gone'>>;

async function lead(post: Post, { epoch, holds }: Office, end: AbortSignal): Promise<Result<void>> {
  const { bound, client, namespace } = post;
  const view = openView(client, namespace);
  const kept = new KubernetesStore({ client, namespace, epoch, holds, view, ...bound });
  const store = new CheckpointedStore(kept, { everyMs: checkpointMs, nowMs: () => performance.now() });
  try {
    const controller = await startClusterController({ ...post, store, holds, view });
    if (!controller.ok) return controller;
    post.leads(controller.value.url);
    if (!end.aborted) await once(end, 'abort');
    await controller.value.stop();
    return ok(undefined);
  } finally {
    // Also where starting threw.
    view.close();
  }
}
