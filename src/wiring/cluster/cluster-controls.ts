/** What people may ask of a controller in a cluster, where a Deployment says what is delivered. */
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import type { AdoptRequest } from '../../release/adoption.ts';
import { isOver } from '../../release/phase.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import type { BackupRequest, ReleaseAction, RestoreRequest, StartRequest } from '../../server/controls.ts';
import { type ControlsOptions, ReleaseControls } from '../controls.ts';
import type { Served } from '../served.ts';
import { tellRefused } from '../tell-refused.ts';
import { untilUncontested } from '../until-uncontested.ts';
import type { ClusterScene } from './cluster-scene.ts';
import type { ClusterService } from './cluster-service.ts';
import { setStable } from './set-stable.ts';
import { notAskedAgain, startAsked } from './start-asked.ts';

interface ClusterControlsOptions extends ControlsOptions {
  readonly services: ReadonlyMap<string, ClusterService>;
  /** Why nothing can take a release of that policy back; null: something can. */
  readonly obstacle: (policy: string) => Problem | null;
}

export class ClusterControls extends ReleaseControls {
  readonly #scene: ClusterScene;
  readonly #options: ClusterControlsOptions;

  constructor(scene: ClusterScene, options: ClusterControlsOptions) {
    super(options);
    this.#scene = scene;
    this.#options = options;
  }

  protected override async begin(_service: Served, request: StartRequest): Promise<Result<Release>> {
    const service = this.#options.services.get(request.policy);
    return service === undefined ? this.noPolicy(request.policy) : startAsked(this.#scene, service, request);
  }

  protected override retryObjection({ policy }: Served, revision: string): Problem | null {
    const service = this.#options.services.get(policy.name);
    return service === undefined ? null : notAskedAgain(service, revision);
  }

  /** An abort that is accepted is carried out. */
  override async act(id: string, action: ReleaseAction): Promise<Result<Release>> {
    const obstacle = action.kind === 'abort' ? await this.#obstacleTo(id) : null;
    if (obstacle === null) return super.act(id, action);
    return tellRefused(this.#options, { id, action }, Promise.resolve(failed(obstacle)));
  }

  async #obstacleTo(id: string): Promise<Problem | null> {
    const read = await this.#options.store.release(id);
    if (!read.ok || read.value === null || isOver(read.value)) return null;
    const problem = this.#options.obstacle(read.value.policy);
    return problem === null ? null : notTakenBack(read.value, this.#scene.namespace, problem);
  }

  override async backups(policy: string): ReturnType<ReleaseControls['backups']> {
    return this.#options.services.has(policy) ? super.backups(policy) : this.noPolicy(policy);
  }

  override async backup(policy: string, request: BackupRequest): ReturnType<ReleaseControls['backup']> {
    return this.#options.services.has(policy) ? super.backup(policy, request) : this.noPolicy(policy);
  }

  override async restore(policy: string, request: RestoreRequest): ReturnType<ReleaseControls['restore']> {
    return this.#options.services.has(policy) ? super.restore(policy, request) : this.noPolicy(policy);
  }

  override async setStable(policy: string, given: AdoptRequest): Promise<Result<PolicyState>> {
    if (!this.#options.services.has(policy)) return this.noPolicy(policy);
    const set = await untilUncontested(() => setStable(this.#scene, policy, given));
    if (!set.ok) return set;
    const { isNew, state } = set.value;
    if (isNew && state.adopted !== undefined) this.#options.trail?.adopted(policy, state.adopted);
    return ok(state);
  }
}

const notTakenBack = ({ id, policy }: Release, namespace: string, { message, reason }: Problem): Problem => ({
  reason,
  message: `nothing was done: this controller can't take ${id} back, for it can't tell where its traffic is split (${message}): put that right in ReleasePolicy ${namespace}/${policy} and give the order again, or put all traffic on stable by hand as deploy/without-controller.md says`,
  retryable: false,
});
