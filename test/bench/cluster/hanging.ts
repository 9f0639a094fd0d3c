/** Everything outside that a release in a cluster asks or tells, a Job among it, and none of it ever answers. */
import type { Api } from '../../lab/api/api.ts';
import type { AtEnd } from '../../support/at-end.ts';
import { cronJobPath, suspendedCronJob } from '../../support/suspended-cron-job.ts';
import { silentChecks, silentWorld } from '../rig/silent-world.ts';

export interface Outside {
  /** Of the operator, besides the metric source. */
  readonly settings: { readonly sources: object; readonly hooks: object; readonly notify: object };
  /** Of the policy. */
  readonly spec: object;
  /** What they need in the policy's namespace. */
  prepare(api: Api, namespace: string): Promise<unknown>;
  /** Connections that were taken, and left without an answer. */
  taken(): number;
}

/** Hooks over HTTP and as a Job, a health endpoint, an Alertmanager, and a receiver of notices. */
export async function everythingHangs(atEnd: AtEnd): Promise<Outside> {
  const { url, taken } = await silentWorld(atEnd);
  const job = { name: 'job', at: ['afterWeight'], job: { cronJob: 'waits', timeout: '10m', retries: 0 } };
  const waits = suspendedCronJob({ name: 'waits', script: 'exec sleep 3600' });
  return {
    settings: {
      sources: { alerts: { alertmanager: { url } } },
      hooks: { silent: { url } },
      notify: { silent: { webhook: { url } } },
    },
    spec: { checks: silentChecks({ to: 'silent' }, [job]), notify: [{ to: 'silent' }] },
    prepare: (api, namespace) => api.apply(cronJobPath(namespace, 'waits'), waits),
    taken,
  };
}
