/**
 * A policy that is deleted: what it delivers ends, and the Deployment, the Services and their users get back what they had.
 *
 *   release ends ──► Deployment's pods ready ──► Services send to them, too ──► revisions' pods leave the Services ──► drained ──► done
 */
import { ok, type Result } from '../../lib/result.ts';
import { command } from '../../release/command.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import { giveBackServices } from '../../workload/kubernetes/give-back.ts';
import { label } from '../../workload/kubernetes/labels.ts';
import { leaveServices } from '../../workload/kubernetes/leave-services.ts';
import type { ClusterScene } from './cluster-scene.ts';
import type { DeliveringService } from './cluster-service.ts';

/** `done`, or what is waited for, for people. */
type Progress = Result<'done' | (string & {})>;

/** A mesh may put off what it is told for so long: istiod waits for quiet, at most 10 s. */
const meshFollowsMs = 10_000;

export class Removal {
  readonly #scene: ClusterScene;
  readonly #service: DeliveringService;
  /** When no Service sent to the revisions' pods any more, monotonic. */
  #leftAtMs: number | null = null;

  constructor(scene: ClusterScene, service: DeliveringService) {
    this.#scene = scene;
    this.#service = service;
  }

  /** Absolute and idempotent: every round looks at all of it. */
  async round(): Promise<Progress> {
    const { starter, store } = this.#scene;
    const { name } = this.#service.policy;
    const state = await store.policy(name);
    if (!state.ok) return state;
    const stable = state.value?.stable ?? null;
    const spec = stable === null ? undefined : state.value?.revisions[stable];
    if (stable === null || spec?.kind !== 'pods') return ok('done');
    const running = await starter.running(name);
    if (!running.ok) return running;
    if (running.value !== null) return this.#endFirst(running.value);
    const { deployment } = this.#service.cluster;
    const own = await this.#isOnItsOwn(state.value, stable);
    if (!own.ok) return own;
    const up = own.value ? ok('ready' as const) : await this.#service.target.standUp(stable, spec);
    if (!up.ok) return up.error.reason === 'NotFound' ? ok('done') : up;
    if (up.value === 'starting') return ok(`the pods of Deployment ${deployment} are not all ready yet`);
    return this.#moveUsers(deployment);
  }

  /** Users never were on stable, and its Deployment has another template by now, which it runs itself: that is what it keeps. */
  async #isOnItsOwn(state: PolicyState | null, stable: string): Promise<Result<boolean>> {
    const { target, workload } = this.#service;
    const wish = target.wish();
    if (!wish.ok) return ok(false);
    const { revision, standing } = wish.value;
    if (state?.previous !== null || standing === 'down' || revision === stable) return ok(false);
    const seen = await workload.observe();
    return seen.ok ? ok(seen.value.serving.stable === null) : seen;
  }

  async #endFirst(running: Release): Promise<Progress> {
    const { clock, nudge, store } = this.#scene;
    const { id, revision } = running;
    const order = { kind: 'abort', revision, who: 'sluice', reason: 'its policy is deleted' } as const;
    const change = command(running, { ...order, atMs: clock.wallMs() });
    if (change.ok && change.value.log.length > 0) {
      const saved = await store.save(change.value.release, change.value.log);
      if (!saved.ok) return saved;
      nudge(id);
    }
    return ok(`release ${id} ends first`);
  }

  async #moveUsers(deployment: string): Promise<Progress> {
    const { client, namespace, store } = this.#scene;
    const { policy, services: own, workload } = this.#service;
    // From here on nothing is put back to where it was moved.
    await workload.close();
    const services = [deployment, own.stable];
    const given = await giveBackServices(client, { namespace, target: deployment, services, epoch: store.epoch });
    if (!given.ok) return given;
    if (!given.value) return ok(`the Services do not send to all pods of Deployment ${deployment} yet`);
    const left = await leaveServices(client, { namespace, labelSelector: `${label.policy}=${policy.name}` });
    if (!left.ok) return left;
    return this.#drained(left.value);
  }

  /** The revisions' pods end with the policy: until then they answer whoever was sent to them. */
  #drained(pods: 'leaving' | 'left'): Progress {
    const { clock, compression } = this.#scene;
    const nowMs = clock.monotonicMs();
    if (pods === 'leaving') this.#leftAtMs = null;
    else this.#leftAtMs ??= nowMs;
    if (this.#leftAtMs === null) return ok('the pods of the revisions leave the Services');
    const waitMs = Math.max(meshFollowsMs, this.#service.policy.plan.drainMs / compression);
    const leftMs = this.#leftAtMs + waitMs - nowMs;
    return ok(leftMs <= 0 ? 'done' : `the pods of the revisions answer what is still under way`);
  }
}
