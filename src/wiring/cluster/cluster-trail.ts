/** The trail of a namespace while one controller leads: what is saved with a release is in it, too, and what the leader before had not written yet. */
import type { KubeClient } from '../../kube/client.ts';
import { systemClock } from '../../lib/clock.ts';
import { pause } from '../../lib/pause.ts';
import { ok, type Problem, type Result } from '../../lib/result.ts';
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
import { entriesOfPolicy } from '../policy-entries.ts';
import { policiesFolder } from './policies-folder.ts';

export interface TrailScene {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly store: Store;
  readonly log: Logger;
  readonly holds?: () => boolean;
  /** Between two looks for what was not written before; left out: ten seconds. */
  readonly againMs?: number;
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
  const ending = new AbortController();
  catchUp(scene, trail, ending.signal).catch((thrown: unknown) =>
    log.error({ thrown: String(thrown) }, 'trail lacks what was not written before: this is a defect'),
  );
  // Whoever leads next looks for it, too: nobody waits.
  const close = (): Promise<void> => {
    ending.abort();
    return trail.close();
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

const catchAgainMs = 10_000;

/** Until it is whole. */
async function catchUp(scene: TrailScene, trail: KubernetesTrail, ending: AbortSignal): Promise<void> {
  // What is saved meanwhile is newer.
  const sinceMs = (trail.newestAtMs ?? 0) - marginMs;
  const isEnding = (): boolean => ending.aborted;
  for (let told = ''; !isEnding(); await pause(scene.againMs ?? catchAgainMs, ending)) {
    const missing = await missingSince(scene, sinceMs, ending);
    if (missing.ok && !isEnding()) trail.add(missing.value.toSorted((a, b) => a.atMs - b.atMs));
    if (missing.ok) return;
    if (missing.error.reason !== told && !isEnding())
      scene.log.warn({ ...missing.error }, 'trail lacks what was not written before, which is tried again');
    told = missing.error.reason;
  }
}

/** All of it or nothing: what is found in part hides from whoever looks next what is older. */
async function missingSince(
  scene: TrailScene,
  sinceMs: number,
  ending: AbortSignal,
): Promise<Result<readonly Omit<TrailEntry, 'number'>[]>> {
  const { store } = scene;
  const releases = await store.releases({});
  if (!releases.ok) return releases;
  const missing: Omit<TrailEntry, 'number'>[] = [];
  const newest = new Map(releases.value.toReversed().map(({ id, policy }) => [policy, id]));
  // What is ordered after its end, as a restore is, stands in the log of the newest.
  const mayLack = ({ id, policy, updatedAtMs }: Release): boolean =>
    updatedAtMs >= sinceMs || newest.get(policy) === id;
  for (const release of releases.value.filter(mayLack)) {
    if (ending.aborted) break;
    const lines = await store.log(release.id, wholeLog);
    if (!lines.ok) return lines;
    missing.push(...entriesOf(release, lines.value));
  }
  const ofPolicies = await saidOfPolicies(scene, ending);
  return ofPolicies.ok ? ok([...missing, ...ofPolicies.value].filter(({ atMs }) => atMs >= sinceMs)) : ofPolicies;
}

async function saidOfPolicies(
  { client, namespace, store }: TrailScene,
  ending: AbortSignal,
): Promise<Result<readonly Omit<TrailEntry, 'number'>[]>> {
  const listed = await client.list(policiesFolder(namespace));
  if (!listed.ok) return listed;
  const said: Omit<TrailEntry, 'number'>[] = [];
  for (const { metadata } of listed.value.objects) {
    if (ending.aborted) break;
    const state = await store.policy(metadata.name);
    // What can't be read is said where it is needed: the rest of the trail does not wait for it.
    if (!state.ok && state.error.retryable) return state;
    const entries = state.ok && state.value !== null ? entriesOfPolicy(state.value) : [];
    said.push(...entries.map((entry) => ({ ...entry, release: null })));
  }
  return ok(said);
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
