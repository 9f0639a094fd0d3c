/** The backup desk of a policy in a cluster: what its Deployment uses is kept in objects beside it. */
import { KubernetesSnapshots } from '../../backup/kubernetes.ts';
import type { Delivered } from '../../backup/kubernetes-world.ts';
import { kubernetesJob } from '../../checks/job-kubernetes.ts';
import { kubernetesKey } from '../../checks/secret-kubernetes.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { ClusterPolicy } from '../../release/policy-cluster-parse.ts';
import { type Owner, ownedBy } from '../../workload/kubernetes/labels.ts';
import { copyName } from '../../workload/kubernetes/revision-deployment.ts';
import { configNames, intentOf } from '../../workload/kubernetes/snapshot.ts';
import { BackupDesk, turns } from '../backup-desk.ts';
import { backupHook } from '../backup-hook.ts';
import type { ClusterScene } from './cluster-scene.ts';
import { policiesFolder } from './policies-folder.ts';

/** What people apply together with a new template is changed within this time. */
const changedWithinMs = 600_000;

interface Kept {
  readonly owner: Owner;
  readonly policy: ClusterPolicy;
}

/** null: the policy keeps nothing. */
export function clusterBackups(scene: ClusterScene, { owner, policy }: Kept): BackupDesk | null {
  if (policy.backup === null) return null;
  const { client, clock, compression, log, namespace, nudge, settings, store, view } = scene;
  const delivered = async (revision: string): Promise<Result<Delivered | null>> => {
    const state = await store.policy(policy.name);
    if (!state.ok) return state;
    const spec = state.value?.revisions[revision];
    return ok(spec?.kind === 'pods' ? spec : null);
  };
  const snapshots = new KubernetesSnapshots({
    ...{ client, namespace, policy: policy.name, delivered },
    epoch: store.epoch,
    learn: (object) => view.learn(policiesFolder(namespace), object),
    owner: ownedBy(owner),
    deployment: policy.deployment,
    secrets: policy.backup.secrets,
    template: { of: (deployment) => intentOf(deployment)?.template ?? null, configNames, copyName },
  });
  const ofOthers = { changedWithinMs: changedWithinMs / compression, inTurn: turns() };
  const readKey = kubernetesKey({ client, namespace, signingSecrets: settings.signingSecrets ?? [] });
  const asked = { policy: policy.name, namespace, readKey, job: kubernetesJob({ client, namespace }) };
  const hook = backupHook(policy.backup.hook, asked);
  return new BackupDesk({ policy: policy.name, snapshots, hook, clock, log, nudge, ...ofOthers });
}
