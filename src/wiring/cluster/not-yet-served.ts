/** An order for a policy that is there and has no keeper at work yet, as after a takeover: to be tried again, not refused. */
import type { Problem } from '../../lib/result.ts';
import type { ClusterScene } from './cluster-scene.ts';
import { policiesFolder } from './policies-folder.ts';

type Place = Pick<ClusterScene, 'namespace'> & { readonly view: Pick<ClusterScene['view'], 'list'> };

/** null: there is no such policy, or it is served. */
export const notYetServed =
  ({ namespace, view }: Place, services: ReadonlyMap<string, unknown>) =>
  (policy: string): Problem | null => {
    const listed = view.list(policiesFolder(namespace));
    const isThere = !listed.ok || listed.value.some(({ metadata: { name } }) => name === policy);
    return isThere && !services.has(policy) ? waits(namespace, policy) : null;
  };

const waits = (namespace: string, policy: string): Problem => ({
  reason: 'NotYetServed',
  message: `this controller does not look after ${policy} yet: try again in a moment, and see why in the status of ReleasePolicy ${namespace}/${policy} if that lasts`,
  retryable: true,
});
