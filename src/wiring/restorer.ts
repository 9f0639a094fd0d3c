/** Backups and restores as people order them: never while a release runs, on record, and with what is to be looked at afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RestoreOrder, RestorePlan, RollbackPoint } from '../backup/snapshots.ts';
import { backOff } from '../lib/back-off.ts';
import type { Clock } from '../lib/clock.ts';
import { failed, ok, problemOf, type Result } from '../lib/result.ts';
import type { LogEntry } from '../release/log.ts';
import type { Store } from '../release/store.ts';
import type { RestoreCheck, RestoreReport } from '../report/restore-report.ts';
import type { BackupRequest, RestoreRequest } from '../server/controls.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Workload } from '../workload/workload.ts';
import type { BackupDesk } from './backup-desk.ts';
import type { RestoreAsks } from './restore-asks.ts';
import { restoreChecklist, unsoundText } from './restore-checklist.ts';
import { keepsNothing, nothingStable, releaseRuns } from './restore-problems.ts';
import { restoring } from './start-problems.ts';
import type { Starter } from './starter.ts';
import { untilUncontested } from './until-uncontested.ts';

/** Of a policy with a backup. */
export interface Restorable {
  readonly desk: BackupDesk;
  readonly workload: Pick<Workload, 'observe'>;
  readonly asks: RestoreAsks;
  readonly namespace: string;
}

export interface RestorerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly starter: Starter;
  readonly log: Logger;
  /** null: there is no such policy, or it keeps nothing. */
  readonly of: (policy: string) => Restorable | null;
}

/** Of a restore that an earlier controller could not end: ten tries take three minutes. */
const mostTries = 10;
const waits = { firstMs: 1_000, longestMs: 30_000 };

export class Restorer {
  readonly #options: RestorerOptions;
  /** Policies that are being restored. */
  readonly #busy = new Set<string>();

  constructor(options: RestorerOptions) {
    this.#options = options;
  }

  async points(policy: string): Promise<Result<readonly RollbackPoint[]>> {
    const found = this.#options.of(policy);
    return found === null ? failed(keepsNothing(policy)) : found.desk.points();
  }

  async take(policy: string, { reason, who, ...from }: BackupRequest): Promise<Result<RollbackPoint>> {
    const found = this.#options.of(policy);
    if (found === null) return failed(keepsNothing(policy));
    const state = await this.#options.store.policy(policy);
    if (!state.ok) return state;
    const stable = state.value?.stable ?? null;
    if (stable === null) return failed(nothingStable(policy));
    const taken = await found.desk.take(stable);
    if (!taken.ok) return taken;
    await this.#record(policy, 'BackupTaken', { ...from, who, reason, said: `took backup ${taken.value.id}` });
    return taken;
  }

  /** Fails with `ReleaseRunning`, `NoRollbackPoint`, `BackupAltered`, or as what it writes to does. */
  restore(policy: string, request: RestoreRequest): Promise<Result<RestoreReport>> {
    const found = this.#options.of(policy);
    if (found === null) return Promise.resolve(failed(keepsNothing(policy)));
    return request.dryRun
      ? found.desk.plan(request).then((plan) => (plan.ok ? ok(report(policy, plan.value, [])) : plan))
      : this.#alone(policy, () => this.#restore(policy, request, found));
  }

  /** One restore of a policy at a time, and no release of it is begun meanwhile. */
  async #alone<T>(policy: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
    if (this.#busy.has(policy)) return failed(restoring(policy));
    this.#busy.add(policy);
    const goOn = await this.#options.starter.standStill(policy);
    try {
      return await work();
    } finally {
      this.#busy.delete(policy);
      goOn();
    }
  }

  /** What an earlier controller could not end goes on, beside everything else; when this answers, no release is begun before its end. */
  async resume(policy: string): Promise<Result<void>> {
    const due = (await this.#options.of(policy)?.desk.interrupted()) ?? ok(null);
    if (!due.ok) return due;
    if (due.value !== null) void this.#goOn(policy, due.value);
    return ok(undefined);
  }

  async #goOn(policy: string, due: RestoreOrder): Promise<void> {
    const { log } = this.#options;
    log.warn({ policy, point: due.to }, 'a restore was interrupted: it goes on');
    const request = { ...due, dryRun: false, who: 'the controller', reason: 'it was interrupted' };
    for (let failures = 1; ; failures += 1) {
      const restored = await this.restore(policy, request).catch((thrown: unknown) => failed(problemOf(thrown)));
      if (restored.ok) return;
      log.error({ policy, failures, ...restored.error }, 'the interrupted restore could not be ended');
      if (!restored.error.retryable || failures === mostTries) return;
      await sleep(backOff(failures, waits), undefined, { ref: false });
      // A release, or a person, may have called it off meanwhile.
      const due = (await this.#options.of(policy)?.desk.interrupted()) ?? ok(null);
      if (due.ok && due.value === null) return;
    }
  }

  async #restore(policy: string, request: RestoreRequest, found: Restorable): Promise<Result<RestoreReport>> {
    const running = await this.#options.starter.running(policy);
    if (!running.ok) return running;
    if (running.value !== null) return failed(releaseRuns(running.value));
    const { order, reason, to, who } = request;
    const from = { who, reason, ...(order === undefined ? {} : { order }) };
    const begun = await this.#record(policy, 'RestoreBegun', {
      ...from,
      said: `restores ${to ?? 'the newest point'}`,
    });
    if (!begun.ok) return begun;
    const restored = await found.desk.restore(request);
    const said = restored.ok ? restoredWords(restored.value) : `the restore failed: ${restored.error.message}`;
    const ended = await this.#record(policy, restored.ok ? 'Restored' : 'RestoreFailed', { ...from, said });
    if (!restored.ok) return restored;
    const { clock, store } = this.#options;
    const scene = { policy, plan: restored.value, store, nowMs: clock.wallMs() };
    const checklist = await restoreChecklist({ ...scene, ...found });
    const noted = await this.#record(policy, soundReason(checklist), { ...from, said: lookedWords(checklist) });
    return ok(report(policy, restored.value, [...checklist, documented(ended.ok ? noted : ended)]));
  }

  /** In the log of the newest release: that is where people look for what became of it. */
  #record(policy: string, reason: string, { who, reason: why, said, ...from }: Said): Promise<Result<void>> {
    const atMs = this.#options.clock.wallMs();
    const message = `${who}: ${said}${why === '' ? '' : `, "${why}"`}`;
    const entry: LogEntry = { atMs, kind: 'action', reason, message, data: { who, reason: why, ...from } };
    return untilUncontested(async () => {
      const found = await this.#options.store.releases({ policy, limit: 1 });
      if (!found.ok) return found;
      const [newest] = found.value;
      if (newest === undefined) return ok(undefined);
      const saved = await this.#options.store.save(newest, [entry]);
      return saved.ok ? ok(undefined) : saved;
    });
  }
}

interface Said {
  readonly who: string;
  readonly reason: string;
  readonly said: string;
  /** UID of the object that ordered it. */
  readonly order?: string;
}

const report = (policy: string, plan: RestorePlan, checklist: readonly RestoreCheck[]): RestoreReport => ({
  policy,
  ...plan,
  dryRun: checklist.length === 0,
  checklist,
  unsound: unsoundText(checklist),
});

/** As a rollback is verified, or not. */
const soundReason = (checklist: readonly RestoreCheck[]): string =>
  unsoundText(checklist) === null ? 'RestoreChecked' : 'RestoreUnsound';

const lookedWords = (checklist: readonly RestoreCheck[]): string =>
  [`looked after the restore: ${checklist.map(({ name, state }) => `${name}: ${state}`).join(', ')}`]
    .concat(unsoundText(checklist) ?? [])
    .join('; ');

const restoredWords = ({ items, point, remarks }: RestorePlan): string => {
  const count = (state: string): number => items.filter((each) => each.state === state).length;
  const counted = `restored ${count('done')} of ${items.length} parts of ${point.id}, ${count('conflict')} were left alone`;
  return [counted, ...remarks].join('; ');
};

const documented = (ended: Result<void>): RestoreCheck => ({
  name: 'documented',
  state: ended.ok ? 'passed' : 'failed',
  evidence: ended.ok ? 'it stands in the log of the newest release' : ended.error.message,
});

/** A service, as far as a restore needs it. */
interface Keeping {
  /** null: nothing is kept. */
  readonly desk: BackupDesk | null;
  readonly workload: Pick<Workload, 'observe'>;
  readonly restoreAsks: RestoreAsks;
  readonly policy: { readonly namespace: string };
}

export const restorableOf = (keeping: Keeping | undefined): Restorable | null => {
  if (keeping === undefined || keeping.desk === null) return null;
  const { desk, policy, restoreAsks: asks, workload } = keeping;
  return { desk, workload, asks, namespace: policy.namespace };
};

/** Over services that are there; what was interrupted goes on at once, beside everything else. */
export function openRestorer(
  options: Omit<RestorerOptions, 'of'> & { readonly services: ReadonlyMap<string, Keeping> },
): Restorer {
  const restorer = new Restorer({ ...options, of: (policy) => restorableOf(options.services.get(policy)) });
  for (const [policy, { desk }] of options.services) {
    const troubled = (thrown: unknown): void =>
      options.log.error({ policy, ...problemOf(thrown) }, 'backups could not be looked at');
    void desk?.open().catch(troubled);
    void restorer
      .resume(policy)
      .then((resumed) => (resumed.ok ? undefined : troubled(resumed.error)))
      .catch(troubled);
  }
  return restorer;
}
