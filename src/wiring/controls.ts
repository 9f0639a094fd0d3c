/** What people and programs may ask of the controller: every order goes through the store, then the loop is told to look. */
import type { Clock } from '../lib/clock.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { notKept } from '../release/adopt-stable.ts';
import type { AdoptRequest } from '../release/adoption.ts';
import { attested, withGroupsThatCount } from '../release/attest.ts';
import type { Attestation } from '../release/attestation.ts';
import { callsFalseAlarm } from '../release/false-alarm-call.ts';
import { readyOf, wantedOf } from '../release/instances.ts';
import type { LogEntry } from '../release/log.ts';
import { retry } from '../release/policy-state.ts';
import { specOf } from '../release/policy-variant.ts';
import type { Release } from '../release/release.ts';
import type { PolicyState, Store } from '../release/store.ts';
import type { PolicySummary } from '../report/policy-summary.ts';
import type { InstanceCounts } from '../report/release-view.ts';
import type {
  Alive,
  AttestRequest,
  BackupRequest,
  ControlEvent,
  Controls,
  Ready,
  ReleaseAction,
  RestoreRequest,
  StartRequest,
} from '../server/controls.ts';
import type { WorkloadState } from '../workload/workload.ts';
import { begunWithin } from './begun-within.ts';
import type { Broadcast } from './broadcast.ts';
import { carriedOut, isRetry, type OrderAction, type Said } from './carry-out.ts';
import { falseAlarmCalled } from './false-alarm-called.ts';
import type { TrailKeeper } from './keep-trail.ts';
import { policySummaries } from './policy-summaries.ts';
import type { Restorer } from './restorer.ts';
import { saveChange } from './save-change.ts';
import type { Served } from './served.ts';
import { asRunning, keptNothing, noPolicy, notYet, onlyByRelease } from './start-problems.ts';
import type { Starter } from './starter.ts';
import { tellRefused } from './tell-refused.ts';
import { untilUncontested } from './until-uncontested.ts';

export interface ControlsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly services: ReadonlyMap<string, Served>;
  /** Why a policy that is there is not served yet; null: there is none, or it is. */
  readonly unserved?: (policy: string) => Problem | null;
  readonly starter: Starter;
  readonly events: Broadcast<ControlEvent>;
  /** Somebody said that this rule took back a healthy release. */
  readonly falseAlarm: (policy: string, rule: string) => void;
  /** An order was saved: everybody who listens hears of it. */
  readonly saved: (release: Release, log: readonly LogEntry[]) => void;
  /** Makes the loop look at a release at once. */
  readonly nudge: (release: string) => void;
  readonly pulse: { alive(): Alive; ready(): Ready };
  /** As last observed, by policy. */
  readonly instances: (policy: string) => WorkloadState | null;
  readonly rules: Controls['rules'];
  readonly restorer?: Restorer;
  readonly records: Controls['records'];
  readonly trail?: Pick<TrailKeeper, 'adopted' | 'attested' | 'refused'>;
  /** Comes when the loop stops: nothing makes way any more, and nobody waits for it. */
  readonly stop?: AbortSignal;
}

/** How long `start` waits for what runs to make way before it says that it goes on by itself. */
const makeWayMs = 60_000;

export class ReleaseControls implements Controls {
  readonly records: Controls['records'];
  readonly #options: ControlsOptions;
  /** The newest release of each policy, for instance counts without a read. */
  readonly #seen = new Map<string, Release>();

  constructor(options: ControlsOptions) {
    this.#options = options;
    this.records = options.records;
    options.events.listen((event) => {
      if (event.kind === 'release') this.#seen.set(event.release.policy, event.release);
    });
  }

  async start(request: StartRequest): Promise<Result<Release>> {
    const { policy, revision } = request;
    const service = this.#options.services.get(policy);
    if (service === undefined) return this.noPolicy(policy);
    const first = await untilUncontested(() => this.begin(service, request));
    if (first.ok || first.error.reason !== 'MakingWay') return first;
    const { events, stop } = this.#options;
    request.waits?.();
    const begun = await begunWithin(events, { policy, revision, ms: makeWayMs, stop });
    return begun === null ? first : asRunning(begun, request);
  }

  /** As the request says it; a cluster has it in its objects. */
  protected async begin(service: Served, request: StartRequest): Promise<Result<Release>> {
    const { revision, rollback = null, who } = request;
    const spec = specOf(service.policy, request.spec);
    return spec.ok ? this.#options.starter.start(service, { revision, rollback, spec: spec.value, who }) : spec;
  }

  async setStable(policy: string, _given: AdoptRequest): Promise<Result<PolicyState>> {
    return failed(onlyByRelease(policy));
  }

  act(id: string, action: ReleaseAction): Promise<Result<Release>> {
    const done = untilUncontested(() =>
      isRetry(action) ? this.#retry(id, action) : this.#order(id, action as OrderAction),
    );
    return tellRefused(this.#options, { id, action }, done);
  }

  attest(policy: string, given: AttestRequest): Promise<Result<Attestation>> {
    return untilUncontested(() => this.#attest(policy, { ...given, atMs: this.#options.clock.wallMs() }));
  }

  backups(policy: string): ReturnType<Controls['backups']> {
    return this.#options.restorer?.points(policy) ?? keptNothing(policy);
  }

  backup(policy: string, request: BackupRequest): ReturnType<Controls['backup']> {
    return this.#options.restorer?.take(policy, request) ?? keptNothing(policy);
  }

  restore(policy: string, request: RestoreRequest): ReturnType<Controls['restore']> {
    return this.#options.restorer?.restore(policy, request) ?? keptNothing(policy);
  }

  release(id: string): Promise<Result<Release | null>> {
    return this.#options.store.release(id);
  }

  releases(filter: Parameters<Store['releases']>[0]): Promise<Result<readonly Release[]>> {
    return this.#options.store.releases(filter);
  }

  log(id: string, last?: number): ReturnType<Store['log']> {
    return this.#options.store.log(id, last);
  }

  journal(id: string): ReturnType<Store['journal']> {
    return this.#options.store.journal(id);
  }

  policies(filter?: Parameters<Controls['policies']>[0]): Promise<Result<readonly PolicySummary[]>> {
    return policySummaries(this.#options.services.values(), this.#options.store, filter);
  }

  policy(name: string): ReturnType<Store['policy']> {
    return this.#options.store.policy(name);
  }

  rules(policy: string): ReturnType<Controls['rules']> {
    return this.#options.rules(policy);
  }

  instances(id: string): InstanceCounts | null {
    const release = [...this.#seen.values()].find((each) => each.id === id);
    const workload = release === undefined ? null : this.#options.instances(release.policy);
    if (release === undefined || workload === null) return null;
    const count = (revision: string | null) => ({
      ready: readyOf(workload, revision),
      wanted: wantedOf(workload, revision),
    });
    return { canary: count(release.revision), stable: count(release.stableRevision) };
  }

  events(listener: (event: ControlEvent) => void): () => void {
    return this.#options.events.listen(listener);
  }

  alive(): Alive {
    return this.#options.pulse.alive();
  }

  ready(): Ready {
    return this.#options.pulse.ready();
  }

  async #attest(policy: string, said: Attestation): Promise<Result<Attestation>> {
    const service = this.#options.services.get(policy);
    if (service === undefined) return this.noPolicy(policy);
    const given = withGroupsThatCount(said, service.policy.gates);
    const state = await this.#options.store.policy(policy);
    if (!state.ok) return state;
    if (state.value === null) return failed(notYet(policy));
    const after = attested(state.value, given);
    const saved = after === state.value ? ok(after) : await this.#options.store.savePolicy(after);
    if (!saved.ok) return saved;
    if (after !== state.value) this.#options.trail?.attested(policy, given);
    const running = await this.#options.starter.running(policy);
    if (running.ok && running.value !== null) this.#options.nudge(running.value.id);
    return ok(given);
  }

  async #order(id: string, action: OrderAction): Promise<Result<Release>> {
    const release = await this.#found(id);
    if (!release.ok) return release;
    const changed = carriedOut(release.value, action, this.#options.clock.wallMs());
    if (!changed.ok || changed.value.log.length === 0) return changed.ok ? ok(changed.value.release) : changed;
    const saved = await saveChange(this.#options, changed.value);
    if (saved.ok) this.#options.nudge(id);
    return saved;
  }

  async #retry(id: string, { who, reason }: Said): Promise<Result<Release>> {
    const found = await this.#found(id);
    if (!found.ok) return found;
    const release = callsFalseAlarm(reason)
      ? await falseAlarmCalled(this.#options, found.value, { who, reason })
      : found;
    if (!release.ok) return release;
    const { policy, revision, ownRollback: rollback } = release.value;
    const service = this.#options.services.get(policy);
    const state = await this.#options.store.policy(policy);
    if (!state.ok) return state;
    if (service === undefined || state.value === null) return this.noPolicy(policy);
    const spec = state.value.revisions[revision];
    if (spec === undefined) return failed(notKept(policy, revision, []));
    const thawed = retry(state.value, release.value);
    if (!thawed.ok) return thawed;
    const objection = this.retryObjection(service, revision);
    if (objection !== null) return failed(objection);
    const saved = thawed.value === state.value ? thawed : await this.#options.store.savePolicy(thawed.value);
    return saved.ok ? this.#options.starter.start(service, { revision, spec, rollback, who }) : saved;
  }

  async #found(id: string): Promise<Result<Release>> {
    const release = await this.#options.store.release(id);
    if (!release.ok || release.value !== null) return release as Result<Release>;
    return failed({ reason: 'NotFound', message: `there is no release ${id}`, retryable: false });
  }

  /** Why that revision can't be delivered again now; a cluster has it in its objects. */
  protected retryObjection(_service: Served, _revision: string): Problem | null {
    return null;
  }

  protected noPolicy(policy: string): Result<never> {
    const waits = this.#options.unserved?.(policy) ?? null;
    return waits === null ? noPolicy(policy, [...this.#options.services.keys()]) : failed(waits);
  }
}
