/** What is to be looked at after a restore, each point with what was seen. */
import type { RestorePlan, RollbackPoint } from '../backup/snapshots.ts';
import { addressesOf } from '../checks/questions.ts';
import { readyOf } from '../release/instances.ts';
import type { Release } from '../release/release.ts';
import type { Store } from '../release/store.ts';
import type { RestoreCheck } from '../report/restore-report.ts';
import { rollbackView } from '../report/rollback-view.ts';
import type { Workload, WorkloadState } from '../workload/workload.ts';
import type { RestoreAsks, RestoredQuestion } from './restore-asks.ts';

export interface RestoredScene {
  readonly policy: string;
  /** As it was carried out. */
  readonly plan: RestorePlan;
  readonly store: Store;
  readonly workload: Pick<Workload, 'observe'>;
  readonly asks: RestoreAsks;
  readonly namespace: string;
  readonly nowMs: number;
}

export async function restoreChecklist(scene: RestoredScene): Promise<readonly RestoreCheck[]> {
  const { asks, plan, policy, store, workload } = scene;
  const newest = await newestRelease(store, policy);
  const [state, seen] = await Promise.all([store.policy(policy), workload.observe()]);
  const now = { stable: state.ok ? (state.value?.stable ?? null) : null, workload: seen.ok ? seen.value : null };
  const question = questionAbout(scene, newest, now);
  const [alerts, data] = await Promise.all([asks.about('alerts', question), asks.about('data', question)]);
  return [
    everythingBack(plan),
    state.ok ? previousRuns(plan.point, now) : unseen,
    await impact(store, newest),
    alertsCleared(alerts, newest),
    ...dataSound(data),
  ];
}

/** What those who were asked have against it, and what people do then; null: nothing. */
export function unsoundText(checklist: readonly RestoreCheck[]): string | null {
  const failed = checklist.filter(({ name, state }) => state === 'failed' && isAsked(name));
  if (failed.length === 0) return null;
  const said = failed.map(({ evidence, name }) => `${name}: ${evidence}`).join('; ');
  return `the restore is not sound (${said}): mend that and give the same restore again, which writes nothing that is back and asks them all anew; or go to another point with --to`;
}

const alertsName = 'alerts cleared';
const dataName = 'data is sound';

const isAsked = (name: string): boolean => name === alertsName || name.startsWith(dataName);

interface Now {
  /** null: nothing is, or it is not known. */
  readonly stable: string | null;
  /** null: it could not be looked at. */
  readonly workload: WorkloadState | null;
}

const questionAbout = (
  { namespace, nowMs, plan: { point }, policy }: RestoredScene,
  newest: Release | null,
  { stable, workload }: Now,
): RestoredQuestion => ({
  id: `${policy}/restore/${point.id}/${nowMs}`,
  ...{ policy, namespace },
  release: newest?.id ?? '',
  revision: point.revision,
  stableRevision: stable,
  weight: 0,
  canary: [],
  stable: addressesOf(workload, stable),
});

async function newestRelease(store: Store, policy: string): Promise<Release | null> {
  const newest = await store.releases({ policy, limit: 1 });
  return newest.ok ? (newest.value[0] ?? null) : null;
}

function everythingBack({ items, point }: RestorePlan): RestoreCheck {
  const left = items.filter(({ state }) => state === 'conflict').map(({ name }) => name);
  const name = 'everything is back';
  if (left.length === 0) return { name, state: 'passed', evidence: `as of ${point.id}` };
  return { name, state: 'failed', evidence: `left alone: ${left.join(', ')}; --overwrite names what may go` };
}

const previousName = 'the previous version runs, and is stable';

const unseen: RestoreCheck = { name: previousName, state: 'unknown', evidence: 'it could not be looked at' };

function previousRuns(point: RollbackPoint, { stable, workload }: Now): RestoreCheck {
  if (workload === null) return unseen;
  const ready = readyOf(workload, stable);
  if (stable === point.revision && workload.serving.stable === stable && ready > 0)
    return { name: previousName, state: 'passed', evidence: `${stable} serves, ${ready} instances are ready` };
  return { name: previousName, state: 'failed', evidence: notPrevious(stable, ready, point) };
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

/** Several Alertmanagers, or labels, are one point of the list. */
function alertsCleared(told: readonly RestoreCheck[], newest: Release | null): RestoreCheck {
  const name = alertsName;
  const worst = told.find(({ state }) => state === 'failed') ?? told.find(({ state }) => state === 'unknown');
  if (worst !== undefined) return { ...worst, name };
  if (told.length > 0) return { name, state: 'passed', evidence: told.map(({ evidence }) => evidence).join('; ') };
  const look = 'no check of the policy asks an Alertmanager: look there';
  const wrong = newest?.verdicts.filter(({ kind }) => kind === 'breach').map(({ rule }) => rule) ?? [];
  const took = `${wrong.join(', ')} took it back: look whether stable is within again`;
  return { name, state: 'unknown', evidence: wrong.length === 0 ? look : `${took}; ${look}` };
}

function dataSound(told: readonly RestoreCheck[]): readonly RestoreCheck[] {
  const nobody = 'no check of the policy is asked onRestore: look at the data by hand';
  if (told.length === 0) return [{ name: dataName, state: 'unknown', evidence: nobody }];
  return told.map((each) => ({ ...each, name: `${dataName}: ${each.name}` }));
}
