/** A service as a start of its releases sees it, embedded or in a cluster. */
import type { Problem } from '../lib/result.ts';
import type { Policy } from '../release/policy.ts';
import type { FileBackup } from '../release/policy-backup.ts';
import type { AskedFor } from '../report/policy-summary.ts';
import type { RevisionSpec } from '../workload/revision-spec.ts';
import type { Service } from './service.ts';

/** What a start needs to know of a service. */
export type Served = Pick<Service, 'examine' | 'history' | 'rules' | 'traffic' | 'unmeasured'> & {
  readonly policy: ServedPolicy;
  /** What its Deployment asks for; left out where only people ask. */
  readonly asked?: () => AskedFor;
  /** Why users are not on stable yet; null: they are. Left out: a release brings them there. */
  readonly unsettled?: (stable: string) => Promise<Problem | null>;
};

/** What it needs to know of the policy, wherever that was read. */
export type ServedPolicy = Pick<
  Policy,
  'approvals' | 'checks' | 'file' | 'gates' | 'judge' | 'mode' | 'name' | 'namespace' | 'plan' | 'tasks'
> & {
  /** What is kept before a release changes anything; null: nothing. */
  readonly backup: Pick<FileBackup, 'overrideBy'> | null;
  /** Stable as it ran when the policy was seen first. */
  readonly target: { readonly revision: string; readonly spec: RevisionSpec };
  readonly rules: { readonly kind: string; readonly noCritical?: 'refused' | 'accepted'; readonly path?: string };
};
