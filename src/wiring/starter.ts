/**
 * Begins releases. A policy delivers one revision at a time: what runs makes way first, and the newest one asked for follows.
 *
 *   start ──nothing runs──► begun
 *     └────another runs──► it is superseded ──it has ended──► begun
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { contentHash } from '../lib/content-hash.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { type Beginning, begin } from '../release/begin.ts';
import { compressJudge, compressPlan, compressRules } from '../release/compress.ts';
import { rollbackPointGate } from '../release/gate-demand.ts';
import { withRevision } from '../release/known-revisions.ts';
import type { LogEntry } from '../release/log.ts';
import type { OwnRollback } from '../release/own-rollback.ts';
import type { Release } from '../release/release.ts';
import type { PolicyState, Store } from '../release/store.ts';
import { supersede } from '../release/supersede.ts';
import type { RevisionSpec } from '../workload/revision-spec.ts';
import { withOutlook } from './outlook.ts';
import type { Served } from './served.ts';
import { asRunning, notYet, restoring, taken, underWay } from './start-problems.ts';
import { tidied } from './tidied.ts';
import { TurnsByName } from './turns-by-name.ts';

export interface Asked {
  readonly revision: string;
  readonly spec: RevisionSpec;
  readonly who: string;
  /** What was said about the rollback of this release; left out: its plan says it. */
  readonly rollback?: OwnRollback | null;
}

export interface StarterOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Every duration of plan and rules is divided by it; 1: as written. */
  readonly compression: number;
  /** A release was stored that somebody has to look after, with the first lines of its log. */
  readonly begun: (release: Release, log: readonly LogEntry[]) => void;
  /** A release was changed from outside. */
  readonly changed: (release: Release) => void;
}

export class Starter {
  readonly #options: StarterOptions;
  readonly #turns = new TurnsByName();
  /** Policies that something else changes now. */
  readonly #still = new Set<string>();

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** One start of a policy after the other: two at once would begin two releases. */
  start(service: Served, asked: Asked): Promise<Result<Release>> {
    return this.#turns.take(service.policy.name, () => this.#start(service, asked));
  }

  /** The release of that revision: the one that runs, a new one, or `MakingWay` (retryable) while another one has to end first. */
  async #start(service: Served, asked: Asked): Promise<Result<Release>> {
    const recorded = await this.#record(service.policy.name, asked);
    if (!recorded.ok) return recorded;
    const running = await this.running(service.policy.name);
    if (!running.ok) return running;
    if (running.value === null) return this.#begin(service, recorded.value, asked);
    if (running.value.revision === asked.revision) return asRunning(running.value, asked);
    const objection = this.#objection(service, recorded.value, asked);
    return objection === null ? this.#makeWay(running.value, asked) : failed(objection);
  }

  /** The successor that an ended release made way for, if it did and nothing was begun since. */
  follow(service: Served, ended: Release): Promise<Result<Release> | null> {
    return this.#turns.take(service.policy.name, () => this.#follow(service, ended));
  }

  async #follow(service: Served, ended: Release): Promise<Result<Release> | null> {
    const { supersededBy, successorRollback: rollback } = ended;
    if (supersededBy === null) return null;
    const state = await this.#options.store.policy(service.policy.name);
    if (!state.ok) return state;
    const spec = state.value?.revisions[supersededBy];
    const running = await this.running(service.policy.name);
    if (state.value === null || spec === undefined || !running.ok || running.value !== null) return null;
    return this.#begin(service, state.value, {
      ...{ revision: supersededBy, spec, rollback },
      who: `successor of ${ended.id}`,
    });
  }

  /** No release of the policy is begun until the answer is called; a start that is under way is waited for. */
  async standStill(policy: string): Promise<() => void> {
    this.#still.add(policy);
    await this.#turns.take(policy, async () => {});
    return () => void this.#still.delete(policy);
  }

  whileIdle<T>(policy: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
    return this.#turns.take(policy, async () => {
      const running = this.#still.has(policy) ? failed(restoring(policy)) : await this.running(policy);
      if (!running.ok) return running;
      return running.value === null ? work() : failed(underWay(running.value));
    });
  }

  async running(policy: string): Promise<Result<Release | null>> {
    const active = await this.#options.store.releases({ policy, active: true, limit: 1 });
    return active.ok ? ok(active.value[0] ?? null) : active;
  }

  /** What a revision is made of is stored before anything is started; a name means one thing for ever. */
  async #record(policy: string, { revision, spec }: Asked): Promise<Result<PolicyState>> {
    const known = await this.#options.store.policy(policy);
    if (!known.ok) return known;
    if (known.value === null) return failed(notYet(policy));
    const before = known.value.revisions[revision];
    if (before === undefined) {
      const tidy = await tidied(known.value, this.#options.store);
      return this.#options.store.savePolicy(withRevision(tidy, revision, spec));
    }
    return contentHash(before) === contentHash(spec) ? ok(known.value) : failed(taken(policy, revision));
  }

  async #begin(service: Served, state: PolicyState, asked: Asked): Promise<Result<Release>> {
    if (this.#still.has(service.policy.name)) return failed(restoring(service.policy.name));
    // Keeping stable would move all users to the first pod of it that is ready.
    const unsettled = state.stable === null ? null : await service.unsettled?.(state.stable);
    if (unsettled) return failed(unsettled);
    const beginning = this.#beginning(service, state, asked);
    if (!beginning.ok) return beginning;
    const refused = begin(beginning.value);
    if (!refused.ok) return refused;
    const looked = await withOutlook(service, beginning.value);
    if (!looked.ok) return looked;
    const release = begin(looked.value);
    if (!release.ok) return release;
    const saved = await this.#options.store.save(release.value.release, release.value.log);
    if (saved.ok) this.#options.begun(saved.value, release.value.log);
    return saved;
  }

  #beginning({ policy, rules }: Served, state: PolicyState, asked: Asked): Result<Beginning> {
    const { revision, rollback: ownRollback = null, spec, who } = asked;
    const set = rules.current();
    if (!set.ok) return set;
    const { compression, clock } = this.#options;
    return ok({
      id: `${policy.name}-${revision}-${randomBytes(3).toString('hex')}`,
      state,
      revision,
      spec,
      plan: compression === 1 ? policy.plan : compressPlan(policy.plan, compression),
      rules: compression === 1 ? set.value : compressRules(set.value, compression),
      noCritical: policy.rules.noCritical ?? 'accepted',
      judge: compression === 1 ? policy.judge : compressJudge(policy.judge, compression),
      mode: policy.mode,
      gates: [...(policy.backup === null ? [] : [rollbackPointGate(policy.backup)]), ...policy.gates],
      approvals: policy.approvals,
      checks: policy.checks.map(({ ask: _ask, ...demand }) => demand),
      tasks: policy.tasks,
      compression,
      unjudgeable: [],
      ownRollback,
      startedBy: who,
      nowMs: clock.wallMs(),
    });
  }

  /** What would refuse the revision later refuses it now, before anything makes way for it. */
  #objection(service: Served, state: PolicyState, asked: Asked): Problem | null {
    const beginning = this.#beginning(service, state, asked);
    if (!beginning.ok) return beginning.error;
    const release = begin(beginning.value);
    return release.ok ? null : release.error;
  }

  async #makeWay(running: Release, { revision, rollback = null, who }: Asked): Promise<Result<Release>> {
    const change = supersede(running, { revision, rollback, who, nowMs: this.#options.clock.wallMs() });
    const saved = change.log.length === 0 ? ok(running) : await this.#options.store.save(change.release, change.log);
    if (!saved.ok) return saved;
    this.#options.changed(saved.value);
    return failed({
      reason: 'MakingWay',
      message: `${running.id} makes way for ${revision}: its weight goes to 0 first, then ${revision} starts by itself`,
      retryable: true,
    });
  }
}
