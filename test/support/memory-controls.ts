/** A controller without a loop: the real store in memory, and people's orders carried out by the product's own functions. */
import { failed, ok, type Result } from '../../src/lib/result.ts';
import { adoptStable } from '../../src/release/adopt-stable.ts';
import type { AdoptRequest } from '../../src/release/adoption.ts';
import { attested } from '../../src/release/attest.ts';
import type { Attestation } from '../../src/release/attestation.ts';
import { begin } from '../../src/release/begin.ts';
import { Deliveries } from '../../src/release/deliveries.ts';
import type { LogEntry } from '../../src/release/log.ts';
import { LogTrail } from '../../src/release/log-trail.ts';
import { openMemoryStore } from '../../src/release/memory.ts';
import { defaultPlan } from '../../src/release/plan.ts';
import type { Release } from '../../src/release/release.ts';
import type { PolicyState, Store } from '../../src/release/store.ts';
import type { RestoreReport } from '../../src/report/restore-report.ts';
import type {
  Alive,
  AttestRequest,
  ControlEvent,
  Controls,
  Ready,
  ReleaseAction,
  RestoreRequest,
  StartRequest,
} from '../../src/server/controls.ts';
import { defaultJudgeSettings } from '../../src/verdict/settings.ts';
import { carriedOut, type OrderAction } from '../../src/wiring/carry-out.ts';
import { rulesInWords } from '../../src/wiring/policy-rules.ts';
import { records } from '../../src/wiring/records.ts';
import { errorRate, latency, samplePolicy, startedAtMs } from './sample-release.ts';

export class MemoryControls implements Controls {
  readonly store: Store;
  readonly deliveries = new Deliveries();
  readonly records;
  readonly starts: StartRequest[] = [];
  readonly restores: Pick<RestoreRequest, 'dryRun' | 'overwrite'>[] = [];
  health: { alive: Alive; ready: Ready } = { alive: { ok: true, ageMs: 3 }, ready: { ok: true, missing: [] } };
  #state = samplePolicy;
  readonly #listeners = new Set<(event: ControlEvent) => void>();

  constructor(store = openedStore()) {
    this.store = store;
    this.records = records({ deliveries: this.deliveries, trail: new LogTrail(store) });
  }

  /** Stores a release as a test made it, whatever version is stored. */
  async put(release: Release, log: readonly LogEntry[] = []): Promise<Release> {
    const before = await this.store.release(release.id);
    const version = before.ok ? (before.value?.version ?? 0) : 0;
    const saved = await this.store.save({ ...release, version }, log);
    if (!saved.ok) throw new Error(saved.error.message);
    this.#tell({ kind: 'release', release: saved.value });
    for (const entry of log) this.#tell({ kind: 'log', release: saved.value, entry });
    return saved.value;
  }

  async start(request: StartRequest): Promise<Result<Release>> {
    this.starts.push(request);
    if (request.policy !== samplePolicy.policy)
      return failed({ reason: 'NotFound', message: `no policy "${request.policy}" runs here`, retryable: false });
    const { spec } = request;
    if (spec.kind === 'asPolicy') throw new Error('no policy here has hosts');
    const begun = begin({
      id: `app-${request.revision}`,
      state: samplePolicy,
      revision: request.revision,
      spec,
      plan: defaultPlan,
      rules: { rules: [errorRate, latency], hash: 'aabbccddeeff', file: 'rules/production.yaml' },
      noCritical: 'refused',
      judge: defaultJudgeSettings,
      mode: 'enforce',
      compression: 1,
      unjudgeable: [],
      startedBy: request.who,
      nowMs: startedAtMs,
    });
    return begun.ok ? ok(await this.put(begun.value.release, begun.value.log)) : begun;
  }

  async act(id: string, action: ReleaseAction): Promise<Result<Release>> {
    const read = await this.store.release(id);
    if (!read.ok || read.value === null) return read.ok ? failed(gone) : read;
    const order = action.kind === 'retry' ? ({ ...action, kind: 'resume' } as const) : action;
    const changed = carriedOut(read.value, order as OrderAction, startedAtMs);
    return changed.ok ? ok(await this.put(changed.value.release, changed.value.log)) : changed;
  }

  async attest(policy: string, given: AttestRequest): Promise<Result<Attestation>> {
    if (policy !== samplePolicy.policy) return failed(gone);
    const known = { ...given, atMs: startedAtMs };
    this.#state = attested(this.#state, known);
    return ok(known);
  }

  async setStable(_policy: string, given: AdoptRequest): Promise<Result<PolicyState>> {
    // Every revision is kept here.
    const kept = { [given.revision]: { kind: 'endpoints', urls: ['http://127.0.0.1:9'], healthPath: null } } as const;
    const adopted = adoptStable({ ...this.#state, revisions: kept }, { ...given, atMs: startedAtMs });
    if (adopted.ok) this.#state = adopted.value;
    return adopted;
  }

  async backups(policy: string) {
    return policy === samplePolicy.policy ? ok([samplePoint]) : failed(gone);
  }

  async backup(policy: string) {
    return policy === samplePolicy.policy ? ok(samplePoint) : failed(gone);
  }

  async restore(policy: string, { dryRun, overwrite, to }: RestoreRequest): Promise<Result<RestoreReport>> {
    if (policy !== samplePolicy.policy || (to !== null && to !== samplePoint.id)) return failed(gone);
    this.restores.push({ dryRun, overwrite });
    const state = dryRun ? 'restore' : 'done';
    const items = [
      { name: '/etc/app/a.yaml', state, diff: ['line 1:', '- b', '+ a'] },
      { name: '/etc/app/b.yaml', state: overwrite.length > 0 ? state : 'conflict', diff: ['changed'] },
    ] as const;
    const checklist = dryRun ? [] : [{ name: 'documented', state: 'passed', evidence: 'in the log' } as const];
    return ok({ policy, point: samplePoint, dryRun, items, remarks: [], checklist, unsound: null });
  }

  journal(id: string) {
    return this.store.journal(id);
  }

  release(id: string) {
    return this.store.release(id);
  }

  releases(filter: Parameters<Store['releases']>[0]) {
    return this.store.releases(filter);
  }

  log(id: string, last?: number) {
    return this.store.log(id, last);
  }

  async policies() {
    const { policy, stable, previous, frozen } = samplePolicy;
    return ok([
      { name: policy, namespace: 'default', file: 'app.yaml', stable, previous, frozen, problem: null, asked: null },
    ]);
  }

  async policy() {
    return ok(this.#state);
  }

  async rules(policy: string) {
    if (policy !== samplePolicy.policy) return failed({ ...gone, message: `there is no policy ${policy} here` });
    const rules = { rules: [errorRate, latency], hash: 'aabbccddeeff', file: 'rules/production.yaml' };
    const file = { file: rules.file, state: 'good', problem: null, hash: rules.hash } as const;
    return ok({
      policy,
      ...file,
      rules: rulesInWords(rules, defaultJudgeSettings),
      plan: null,
      planProblem: 'no traffic',
    });
  }

  instances() {
    return { stable: { ready: 6, wanted: 6 }, canary: { ready: 5, wanted: 6 } };
  }

  events(listener: (event: ControlEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  alive() {
    return this.health.alive;
  }

  ready() {
    return this.health.ready;
  }

  #tell(event: ControlEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const openedStore = (): Store => {
  const opened = openMemoryStore();
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
};

const gone = { reason: 'NotFound', message: 'gone', retryable: false };

export const samplePoint = {
  id: 'v1.8.2-20260115T115900Z-3f2a91',
  revision: 'v1.8.2',
  takenAtMs: startedAtMs - 60_000,
  verifiedAtMs: startedAtMs - 60_000,
  checksum: 'ab'.repeat(32),
  holds: '2 files, 38 bytes',
} as const;
