/** What is asked about the releases of a policy in a cluster, while they run and after their end: over HTTP, and by Jobs of its namespace. */
import type { CheckDesk } from '../../checks/desk.ts';
import { kubernetesJob } from '../../checks/job-kubernetes.ts';
import type { LoadCounters } from '../../checks/load-counters.ts';
import { kubernetesKey } from '../../checks/secret-kubernetes.ts';
import type { Ports } from '../../reconcile/ports.ts';
import type { ClusterPolicy } from '../../release/policy-cluster-parse.ts';
import { AfterEnd } from '../after-end.ts';
import { checkDesk } from '../check-desk.ts';
import type { ClusterScene } from './cluster-scene.ts';

interface Around extends Pick<Ports, 'tell' | 'workload'> {
  /** Counts what is sent. */
  readonly load: LoadCounters;
}

export interface ClusterChecks {
  readonly checks: CheckDesk;
  /** Tells what it is given, and hears of releases that end. */
  readonly tell: Ports['tell'];
  /** Leaves what is under way to the next one. */
  close(): void;
}

export function clusterChecks(
  { alerts, client, clock, namespace, store }: ClusterScene,
  policy: ClusterPolicy,
  { load, tell, workload }: Around,
): ClusterChecks {
  const checks = checkDesk({
    ...{ policy, alerts, clock, load },
    job: kubernetesJob({ client, namespace }),
    readKey: kubernetesKey(client, namespace),
  });
  const after = new AfterEnd({ checks, clock, store, workload, tell });
  const close = (): void => [after, checks].forEach((each) => void each.close());
  return { checks, tell: after.listening(policy.name, tell), close };
}
