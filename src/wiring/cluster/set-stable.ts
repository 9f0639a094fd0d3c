/** A person's word on which of the kept revisions is stable: recorded between releases, and followed by the policy's own rounds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { failed, ok, type Result } from '../../lib/result.ts';
import { adoptStable, notKept } from '../../release/adopt-stable.ts';
import type { AdoptRequest } from '../../release/adoption.ts';
import { KubernetesStore } from '../../release/kubernetes-store.ts';
import { isOver } from '../../release/phase.ts';
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
  await untilEndIsKnown(scene, policy);
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

/** A write is given up after so long. */
const knownWithinMs = 5_000;
const lookEveryMs = 50;

/** Whoever orders may see the end of a release in its object before this controller is told that its last write was accepted. */
async function untilEndIsKnown({ client, clock, namespace, starter }: ClusterScene, policy: string): Promise<void> {
  const before = await starter.running(policy);
  if (!before.ok || before.value === null) return;
  const { id } = before.value;
  // One that remembers nothing.
  const asked = new KubernetesStore({ client, namespace, epoch: 0, holds: () => false });
  const read = await asked.release(id);
  if (!read.ok || (read.value !== null && !isOver(read.value))) return;
  for (const fromMs = clock.monotonicMs(); clock.monotonicMs() - fromMs < knownWithinMs; ) {
    const now = await starter.running(policy);
    if (!now.ok || now.value?.id !== id) return;
    await sleep(lookEveryMs);
  }
}

/** Those whose Deployment, and with it their copies of ConfigMaps, is there. */
function keptRevisions({ namespace, view }: ClusterScene, policy: string): Result<readonly string[]> {
  const listed = view.list(folders(namespace).deployments);
  if (!listed.ok) return listed;
  const own = listed.value.filter((each) => isOf(each, policy));
  return ok(own.flatMap(({ metadata: { labels = {} } }) => labels[label.revision] ?? []));
}
