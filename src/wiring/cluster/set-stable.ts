/** A person's word on which of the kept revisions is stable: recorded between releases, and followed by the policy's own rounds. */
import { failed, ok, type Result } from '../../lib/result.ts';
import { adoptStable, notKept } from '../../release/adopt-stable.ts';
import type { AdoptRequest } from '../../release/adoption.ts';
import type { PolicyState } from '../../release/store.ts';
import { folders, isOf, label } from '../../workload/kubernetes/labels.ts';
import { notYet } from '../start-problems.ts';
import type { ClusterScene } from './cluster-scene.ts';

interface StableSet {
  readonly state: PolicyState;
  /** false: it was stable before. */
  readonly isNew: boolean;
}

/** The same twice has the effect of once. Fails with `ReleaseUnderWay`, or `RevisionUnknown` where its pods could not be started any more. */
export async function setStable(scene: ClusterScene, policy: string, given: AdoptRequest): Promise<Result<StableSet>> {
  const { clock, log, starter, store } = scene;
  const running = await starter.running(policy);
  // Whoever orders may see its end before this controller is told that its last write was accepted: the store asks anew then.
  if (running.ok && running.value !== null) await store.release(running.value.id);
  return starter.whileIdle<StableSet>(policy, async () => {
    const state = await store.policy(policy);
    if (!state.ok) return state;
    if (state.value === null) return failed(notYet(policy));
    const kept = keptRevisions(scene, policy);
    if (!kept.ok) return kept;
    if (!kept.value.includes(given.revision)) return failed(notKept(policy, given.revision, kept.value));
    const adopted = adoptStable(state.value, { ...given, atMs: clock.wallMs() });
    if (!adopted.ok) return adopted;
    if (adopted.value === state.value) return ok({ state: adopted.value, isNew: false });
    const saved = await store.savePolicy(adopted.value);
    if (!saved.ok) return saved;
    log.warn({ policy, ...saved.value.adopted }, 'another revision is stable by order');
    return ok({ state: saved.value, isNew: true });
  });
}

/** Those whose Deployment, and with it their copies of ConfigMaps, is there. */
function keptRevisions({ namespace, view }: ClusterScene, policy: string): Result<readonly string[]> {
  const listed = view.list(folders(namespace).deployments);
  if (!listed.ok) return listed;
  const own = listed.value.filter((each) => isOf(each, policy));
  return ok(own.flatMap(({ metadata: { labels = {} } }) => labels[label.revision] ?? []));
}
