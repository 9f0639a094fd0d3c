/** The trail of a namespace while one controller leads: what is saved with a release is in it, too, and what the leader before had not written yet. */
import type { KubeClient } from '../../kube/client.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Problem } from '../../lib/result.ts';
import { listSegments } from '../../release/kubernetes-segments.ts';
import { KubernetesTrail } from '../../release/kubernetes-trail.ts';
import type { LogEntry } from '../../release/log.ts';
import { LogTrail } from '../../release/log-trail.ts';
import type { OrderSpec } from '../../release/order-object-schema.ts';
import type { Release } from '../../release/release.ts';
import type { Store } from '../../release/store.ts';
import { controllerItself, entryOf, isOfTrail, type Trail, type TrailEntry } from '../../release/trail.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { keepTrail, type TrailKeeper } from '../keep-trail.ts';

export interface TrailScene {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly store: Store;
  readonly log: Logger;
  readonly holds?: () => boolean;
}

export interface ClusterTrail {
  readonly trail: Trail;
  readonly keeper: TrailKeeper;
  /** An order that nothing came of. */
  readonly refused: (order: OrderSpec, problem: Problem) => void;
  /** Its saves are in the trail. */
  readonly store: Store;
  close(): Promise<void>;
}

/** Where its pieces can't be read, the trail is what the logs of the kept releases say. */
export async function clusterTrail(scene: TrailScene): Promise<ClusterTrail> {
  const { log, store, holds = () => true } = scene;
  const listed = await listSegments(scene);
  if (!listed.ok) {
    log.warn({ ...listed.error }, 'trail is not kept: it is what the logs of releases say');
    return { ...kept(new LogTrail(store), log), store, close: () => Promise.resolve() };
  }
  const troubled = (problem: object): void => log.warn({ ...problem }, 'trail is not as it should be');
  const trail = new KubernetesTrail({ ...scene, holds, troubled }, listed.value);
  const catching = catchUp(scene, trail).catch((thrown: unknown) =>
    log.error({ thrown: String(thrown) }, 'trail lacks what was not written before: this is a defect'),
  );
  const close = async (): Promise<void> => {
    await catching;
    await trail.close();
  };
  return { ...kept(trail, log), store: trailed(store, trail), close };
}

function kept(trail: Trail, log: Logger): Pick<ClusterTrail, 'keeper' | 'refused' | 'trail'> {
  const keeper = keepTrail({ trail, clock: systemClock, log });
  const refused: ClusterTrail['refused'] = ({ action, policy, reason = '', revision, user }, problem) => {
    // A name that nobody compared is nobody's.
    const who = problem.reason === 'Unproven' ? controllerItself : user;
    keeper.refused({ action, policy, revision: revision ?? null, who, why: reason, problem });
  };
  return { trail, keeper, refused };
}

/** Logs of a leader that went were written to its last moment. */
const marginMs = 600_000;

async function catchUp({ log, store }: TrailScene, trail: KubernetesTrail): Promise<void> {
  const sinceMs = (trail.newestAtMs ?? 0) - marginMs;
  const releases = await store.releases({});
  if (!releases.ok) return log.warn({ ...releases.error }, 'trail lacks what was not written before');
  const missing: Omit<TrailEntry, 'number'>[] = [];
  for (const release of releases.value.filter(({ updatedAtMs }) => updatedAtMs >= sinceMs)) {
    const lines = await store.log(release.id, wholeLog);
    if (lines.ok) missing.push(...entriesOf(release, lines.value).filter(({ atMs }) => atMs >= sinceMs));
    else log.warn({ ...lines.error, release: release.id }, 'trail lacks what was not written before');
  }
  trail.add(missing.toSorted((a, b) => a.atMs - b.atMs));
}

/** More lines than are kept of any release. */
const wholeLog = 100_000;

const entriesOf = (
  { id, policy, revision }: Release,
  lines: readonly LogEntry[],
): readonly Omit<TrailEntry, 'number'>[] =>
  lines.filter(isOfTrail).map((entry) => entryOf({ number: 0, policy, release: id, revision, entry }));

const trailed = (store: Store, trail: KubernetesTrail): Store => ({
  epoch: store.epoch,
  release: (id) => store.release(id),
  releases: (filter) => store.releases(filter),
  save: async (release, lines) => {
    const saved = await store.save(release, lines);
    if (saved.ok) trail.add(entriesOf(release, lines));
    return saved;
  },
  policy: (name) => store.policy(name),
  savePolicy: (state) => store.savePolicy(state),
  log: (id, last) => store.log(id, last),
  note: (id, span) => store.note(id, span),
  journal: (id) => store.journal(id),
  unreadable: () => store.unreadable(),
  close: () => store.close(),
});
