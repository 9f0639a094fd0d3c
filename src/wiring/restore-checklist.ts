/** What is to be looked at after a restore, each point with what was seen. */
import type { RestorePlan, RollbackPoint } from '../backup/snapshots.ts';
import { readyOf } from '../release/instances.ts';
import type { Release } from '../release/release.ts';
import type { Store } from '../release/store.ts';
import type { RestoreCheck } from '../report/restore-report.ts';
import { rollbackView } from '../report/rollback-view.ts';
import type { Workload } from '../workload/workload.ts';

export interface RestoredScene {
  readonly policy: string;
  /** As it was carried out. */
  readonly plan: RestorePlan;
  readonly store: Store;
  readonly workload: Pick<Workload, 'observe'>;
}

export async function restoreChecklist(scene: RestoredScene): Promise<readonly RestoreCheck[]> {
  const { plan, policy, store } = scene;
  const newest = await newestRelease(store, policy);
  return [
    everythingBack(plan),
    await previousRuns(scene),
    await impact(store, newest),
    alertsCleared(newest),
    { name: 'data is sound', state: 'unknown', evidence: 'no hook of the policy looks at the data: do it by hand' },
  ];
}

export async function newestRelease(store: Store, policy: string): Promise<Release | null> {
  const newest = await store.releases({ policy, limit: 1 });
  return newest.ok ? (newest.value[0] ?? null) : null;
}

function everythingBack({ items, point }: RestorePlan): RestoreCheck {
  const left = items.filter(({ state }) => state === 'conflict').map(({ name }) => name);
  const name = 'everything is back';
  if (left.length === 0) return { name, state: 'passed', evidence: `as of ${point.id}` };
  return { name, state: 'failed', evidence: `left alone: ${left.join(', ')}; --overwrite names what may go` };
}

async function previousRuns({ plan, policy, store, workload }: RestoredScene): Promise<RestoreCheck> {
  const name = 'the previous version runs, and is stable';
  const [state, seen] = await Promise.all([store.policy(policy), workload.observe()]);
  if (!state.ok || !seen.ok) return { name, state: 'unknown', evidence: 'it could not be looked at' };
  const stable = state.value?.stable ?? null;
  const ready = readyOf(seen.value, stable);
  if (stable === plan.point.revision && seen.value.serving.stable === stable && ready > 0)
    return { name, state: 'passed', evidence: `${stable} serves, ${ready} instances are ready` };
  return { name, state: 'failed', evidence: notPrevious(stable, ready, plan.point) };
}

const notPrevious = (stable: string | null, ready: number, { revision }: RollbackPoint): string =>
  stable === revision
    ? `${stable} has ${ready} ready instances`
    : `${stable ?? 'nothing'} is stable: release ${revision} again to have it back`;

async function impact(store: Store, newest: Release | null): Promise<RestoreCheck> {
  const log = newest === null ? null : await store.log(newest.id);
  const rollback = newest === null || log?.ok !== true ? null : rollbackView(newest, log.value);
  const count = rollback?.requestsFailed ?? null;
  return {
    name: 'impact on users',
    state: count === null ? 'unknown' : 'passed',
    evidence: count === null ? 'no failed requests were counted' : `${count} requests failed in ${newest?.id ?? ''}`,
  };
}

function alertsCleared(newest: Release | null): RestoreCheck {
  const wrong = newest?.verdicts.filter(({ kind }) => kind === 'breach').map(({ rule }) => rule) ?? [];
  return {
    name: 'alerts cleared',
    state: 'unknown',
    evidence:
      wrong.length === 0
        ? 'look at Alertmanager'
        : `${wrong.join(', ')} took it back: look whether stable is within again`,
  };
}
