/** A person's start: what the Deployment asks for begins now, without waiting for quiet, and confirmed. */
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { freezeOf } from '../../release/frozen-revisions.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import type { StartRequest } from '../../server/controls.ts';
import type { Wish } from '../../workload/kubernetes/wish.ts';
import { notYet } from '../start-problems.ts';
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
  const state = await store.policy(name);
  if (!state.ok) return state;
  const objection = startObjection({ state: state.value, wish: wish.value, revision, policy: name });
  if (objection !== null || state.value === null) return failed(objection ?? notYet(name));
  const lacking = await rights.objection(service.cluster);
  if (lacking !== null) return failed(lacking);
  const prepared = await service.target.prepare(wish.value);
  if (!prepared.ok) return prepared;
  // A name means one thing for ever, its size at that moment included.
  const spec = state.value.revisions[revision] ?? wish.value.spec;
  const started = await starter.start(service, { revision, rollback, spec, who });
  if (!started.ok) return started;
  massChange.begun(name, revision);
  service.answered.answer(revision);
  return ok(started.value);
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

interface Wanted {
  readonly state: PolicyState | null;
  readonly wish: Pick<Wish, 'revision'>;
  readonly revision: string;
  readonly policy: string;
}

/** null: it may be begun. */
function startObjection({ state, wish, revision, policy }: Wanted): Problem | null {
  if (state === null) return notYet(policy);
  if (wish.revision !== revision) return anotherAsked(policy, wish.revision, revision);
  if (state.stable === revision) return stableAlready(policy, revision);
  return freezeOf(state, revision) === 'no' ? null : frozen(policy, revision);
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
