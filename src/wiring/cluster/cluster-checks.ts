/** What is asked about the releases of a policy in a cluster, while they run and after their end: over HTTP, and by Jobs of its namespace. */
import type { CheckDesk } from '../../checks/desk.ts';
import { kubernetesJob } from '../../checks/job-kubernetes.ts';
import type { LoadCounters } from '../../checks/load-counters.ts';
import { kubernetesKey } from '../../checks/secret-kubernetes.ts';
import type { Ports } from '../../reconcile/ports.ts';
import type { ClusterPolicy } from '../../release/policy-cluster-parse.ts';
import { afterEnd } from '../after-end.ts';
import { checkDesk, restoreAsks } from '../check-desk.ts';
import { RestoreAsks } from '../restore-asks.ts';
import type { ClusterScene } from './cluster-scene.ts';

interface Around extends Pick<Ports, 'tell' | 'workload'> {
  /** Counts what is sent. */
  readonly load: LoadCounters;
}

export interface ClusterChecks {
  readonly checks: CheckDesk;
  readonly restoreAsks: RestoreAsks;
  /** Tells what it is given, and hears of releases that end. */
  readonly tell: Ports['tell'];
  /** Leaves what is under way to the next one. */
  close(): void;
}

export function clusterChecks(
  { alerts, client, clock, namespace, settings, store }: ClusterScene,
  policy: ClusterPolicy,
  { load, tell, workload }: Around,
): ClusterChecks {
  const asking = {
    ...{ policy, alerts, clock, load },
    job: kubernetesJob({ client, namespace }),
    readKey: kubernetesKey({ client, namespace, signingSecrets: settings.signingSecrets ?? [] }),
  };
  const checks = checkDesk(asking);
  const asks = new RestoreAsks(restoreAsks(asking));
  const after = afterEnd({ checks, clock, store, workload, tell });
  const close = (): void => [after, asks, checks].forEach((each) => void each.close());
  return { checks, restoreAsks: asks, tell: after.listening(policy.name, tell), close };
}
