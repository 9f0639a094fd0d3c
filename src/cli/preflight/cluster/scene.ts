/** What a look of a preflight in a cluster gets: the policy as it stands there, or in a file before it is applied. */
import type { KubeClient } from '../../../kube/client.ts';
import type { KubeObject } from '../../../kube/object.ts';
import type { ClusterPolicy } from '../../../release/policy-cluster-parse.ts';
import type { PreflightLine } from '../line.ts';

export interface ClusterPreflight {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly policy: ClusterPolicy;
  /** Revision that serves all users, as the policy's status says; null: it was not taken over yet. */
  readonly stable: string | null;
  /** Account of the controller. */
  readonly controller: { readonly namespace: string; readonly name: string };
  /** The Deployment that the policy names; null: it is not there, or can't be read. */
  readonly target: KubeObject | null;
  /** Of one question to a metric source. */
  readonly timeoutMs: number;
}

/** Asks one part, changes nothing, never rejects. */
export type ClusterLook = (scene: ClusterPreflight) => Promise<readonly PreflightLine[]>;

/** What could not be looked at is no objection, and is said. */
export const unseen = (subject: string, why: string): PreflightLine => ({
  ...{ grade: 'skip', subject, says: `could not be looked at: ${why}` },
  fix: null,
});

/** Who wrote a field of the object last, besides Sluice and the controllers of Kubernetes itself; null: nobody. */
export function ownerOf({ metadata }: KubeObject, isField: (fields: string) => boolean): string | null {
  const found = (metadata.managedFields ?? []).find(
    ({ manager = '', subresource, ...rest }) =>
      !/^(sluice|kube-controller-manager|kubectl.*|before-first-apply|unknown)$/.test(manager) &&
      subresource === undefined &&
      isField(JSON.stringify(rest['fieldsV1'] ?? {})),
  );
  return found?.manager ?? null;
}
