/** What people may ask of a controller in a cluster, where a Deployment says what is delivered. */
import { ok, type Result } from '../../lib/result.ts';
import type { AdoptRequest } from '../../release/adoption.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import type { BackupRequest, RestoreRequest, StartRequest } from '../../server/controls.ts';
import { type ControlsOptions, ReleaseControls } from '../controls.ts';
import type { Served } from '../served.ts';
import { untilUncontested } from '../until-uncontested.ts';
import type { ClusterScene } from './cluster-scene.ts';
import type { ClusterService } from './cluster-service.ts';
import { setStable } from './set-stable.ts';
import { startAsked } from './start-asked.ts';

interface ClusterControlsOptions extends ControlsOptions {
  readonly services: ReadonlyMap<string, ClusterService>;
}

export class ClusterControls extends ReleaseControls {
  readonly #scene: ClusterScene;
  readonly #services: ClusterControlsOptions['services'];
  readonly #trail: ControlsOptions['trail'];

  constructor(scene: ClusterScene, options: ClusterControlsOptions) {
    super(options);
    this.#scene = scene;
    this.#services = options.services;
    this.#trail = options.trail;
  }

  protected override async begin(_service: Served, request: StartRequest): Promise<Result<Release>> {
    const service = this.#services.get(request.policy);
    return service === undefined ? this.noPolicy(request.policy) : startAsked(this.#scene, service, request);
  }

  override async backups(policy: string): ReturnType<ReleaseControls['backups']> {
    return this.#services.has(policy) ? super.backups(policy) : this.noPolicy(policy);
  }

  override async backup(policy: string, request: BackupRequest): ReturnType<ReleaseControls['backup']> {
    return this.#services.has(policy) ? super.backup(policy, request) : this.noPolicy(policy);
  }

  override async restore(policy: string, request: RestoreRequest): ReturnType<ReleaseControls['restore']> {
    return this.#services.has(policy) ? super.restore(policy, request) : this.noPolicy(policy);
  }

  override async setStable(policy: string, given: AdoptRequest): Promise<Result<PolicyState>> {
    if (!this.#services.has(policy)) return this.noPolicy(policy);
    const set = await untilUncontested(() => setStable(this.#scene, policy, given));
    if (!set.ok) return set;
    const { isNew, state } = set.value;
    if (isNew && state.adopted !== undefined) this.#trail?.adopted(policy, state.adopted);
    return ok(state);
  }
}
