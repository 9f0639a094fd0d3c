/** A person's start: what the Deployment asks for begins now, without waiting for quiet, and confirmed. */
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { freezeOf } from '../../release/frozen-revisions.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import type { StartRequest } from '../../server/controls.ts';
import { asRunning, notYet } from '../start-problems.ts';
import type { Starter } from '../starter.ts';
import type { ClusterScene } from './cluster-scene.ts';
import type { ClusterService } from './cluster-service.ts';

/** The release that runs, where it delivers that already. Fails as a start does, and where something else is asked for, or it was taken back before. */
export async function startAsked(
  scene: ClusterScene,
  service: ClusterService,
  { revision, rollback = null, spec: said, who }: StartRequest,
): Promise<Result<Release>> {
  const { massChange, rights, starter, store } = scene;
  const { name } = service.policy;
  const extra = saysMore(name, said);
  if (extra !== null) return failed(extra);
  if (service.kind === 'observes') return failed(onlyObserved(name));
  const wish = service.target.wish();
  if (!wish.ok) return wish;
  if (wish.value.revision !== revision) return failed(anotherAsked(name, wish.value.revision, revision));
  const state = await store.policy(name);
  if (!state.ok) return state;
  if (state.value === null) return failed(notYet(name));
  const running = await underWay(starter, service.policy.name);
  if (!running.ok) return running;
  const among = { running: running.value?.revision ?? null, state: state.value, target: service.target };
  const found = await service.same.find(wish.value, among);
  if (!found.ok) return found;
  const known = service.same.known(revision);
  if (known === running.value?.revision) {
    service.answered.answer(revision);
    return asRunning(running.value, { rollback });
  }
  const objection = startObjection(state.value, revision, known);
  if (objection !== null) return failed(objection);
  const lacking = await rights.objection(service.cluster);
  if (lacking !== null) return failed(lacking);
  const prepared = await service.target.prepare(wish.value);
  if (!prepared.ok) return prepared;
  // A name means one thing for ever, its size at that moment included.
  const spec = state.value.revisions[revision] ?? wish.value.spec;
  const started = await starter.start(service, { revision, rollback, spec, who });
  // What was asked for by a person is confirmed, also where something makes way first.
  if (started.ok || started.error.reason === 'MakingWay') massChange.begun(name, revision);
  if (started.ok) service.answered.answer(revision);
  return started;
}

/** Why a revision that was taken back is not tried again: its Deployment asks for another by now. null: it may be. */
export function notAskedAgain(service: ClusterService, revision: string): Problem | null {
  if (service.kind === 'observes') return null;
  const wish = service.target.wish();
  if (!wish.ok) return wish.error;
  const asked = wish.value.revision;
  const isAsked = asked === revision || service.same.known(asked) === revision;
  return isAsked ? null : anotherAsked(service.policy.name, asked, revision);
}

/** null: nothing, or what makes way. */
async function underWay(starter: Starter, policy: string): Promise<Result<Release | null>> {
  const running = await starter.running(policy);
  return running.ok && running.value?.supersededBy !== null ? ok(null) : running;
}

/** What a revision is, a Deployment says in a cluster; null: nothing else was said. */
export const saysMore = (policy: string, said: StartRequest['spec']): Problem | null =>
  said.kind === 'asPolicy' && said.artefact === null && Object.keys(said.env).length === 0
    ? null
    : {
        reason: 'Invalid',
        message: `policy ${policy} delivers what its Deployment asks for: change that (kubectl apply, kubectl set image), and leave command, endpoints, artefact and env out`,
        retryable: false,
      };

const onlyObserved = (policy: string): Problem => ({
  reason: 'ObservesOnly',
  message: `policy ${policy} only observes: its release begins when whoever drives the rollout puts pods behind the canary's Service`,
  retryable: false,
});

/** `known`: the name that it was given first. null: it may be begun. */
function startObjection(state: PolicyState, revision: string, known: string): Problem | null {
  if (state.stable === known) return stableAlready(state.policy, revision);
  return freezeOf(state, known) === 'no' ? null : frozen(state.policy, revision);
}

const anotherAsked = (policy: string, asked: string, revision: string): Problem => ({
  reason: 'NotAskedFor',
  message: `the Deployment of ${policy} asks for ${asked}, not for ${revision}: nothing was begun; apply what you mean, and look again`,
  retryable: false,
});

const stableAlready = (policy: string, revision: string): Problem => ({
  reason: 'AlreadyStable',
  message: `${revision} is stable of ${policy}, and its Deployment asks for nothing else: change its template, or a ConfigMap that it names`,
  retryable: false,
});

const frozen = (policy: string, revision: string): Problem => ({
  reason: 'RevisionFrozen',
  message: `${revision} of ${policy} was taken back before: try it again with sluice retry ${policy} --reason TEXT`,
  retryable: false,
});
