/** What a controller leads a namespace with, from the election that it won to the next one. */
import type { KubeClient } from '../../kube/client.ts';
import type { ClusterView } from '../../kube/view.ts';
import type { ClusterSettings } from '../../release/policy-cluster-settings.ts';
import type { Store } from '../../release/store.ts';
import type { Door } from '../../server/door.ts';
import type { Reviewer } from '../../server/reviewer.ts';
import type { Logger } from '../../telemetry/logger.ts';

export interface ClusterTerm {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Ends with the term. */
  readonly view: ClusterView;
  /** Of the election that was won. */
  readonly store: Store;
  /** Whether the election still stands: asked before each write; left out: it does. */
  readonly holds?: () => boolean;
  readonly settings: ClusterSettings;
  readonly door: Door;
  /** Comes when the namespace itself is deleted; left out: known to nobody else. */
  readonly gone?: AbortController;
  /** Knows who may do what; null: nobody is asked, and this machine alone is answered. */
  readonly reviewer: Reviewer | null;
  /** `/metrics` is answered to whoever reaches the port. */
  readonly openMetrics: boolean;
  readonly compression: number;
  readonly version: string;
  readonly log: Logger;
}
