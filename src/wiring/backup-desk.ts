/**
 * Takes backups beside the loop, which asks for the latest answer and waits for none.
 *
 *   release asks ──► none for it yet ──► taken in turn ──► point ──► the loop is told to look
 *                          ▲                  └── failed: the reason, tried again after a while
 *   release over ──► how it left everything is noted
 *   at rest ──► none of stable yet ──► taken, before anybody changes anything
 */
import type { BackupAnswer, RestoreOrder, RestorePlan, RollbackPoint, Snapshots } from '../backup/snapshots.ts';
import { notWanted } from '../checks/desk.ts';
import { backOff } from '../lib/back-off.ts';
import type { Clock } from '../lib/clock.ts';
import { failed, ok, type Problem, problemOf, type Result } from '../lib/result.ts';
import type { Happening } from '../reconcile/happening.ts';
import type { Ports } from '../reconcile/ports.ts';
import { isOver } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { BackupAsked, BackupHook } from './backup-hook.ts';

export interface BackupDeskOptions {
  readonly policy: string;
  readonly snapshots: Snapshots;
  /** Who backs up what is kept elsewhere, before each backup; null: nobody is asked. */
  readonly hook: BackupHook | null;
  readonly clock: Clock;
  readonly log: Logger;
  /** Makes the loop look at a release at once. */
  readonly nudge: (release: string) => void;
  /** One thing after the other, over all policies: a disk that hangs takes no more than one thread. */
  readonly inTurn: InTurn;
  /** What was changed so shortly before a release came with it; left out: nothing is asked about that. */
  readonly changedWithinMs?: number;
}

export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function turns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
}

interface Taking {
  sinceMs: number | null;
  point: RollbackPoint | null;
  problem: string | null;
  failures: number;
  /** Monotonic. */
  againAtMs: number;
  /** What was kept elsewhere, and when: a disk that refuses has no second database backed up. */
  elsewhere: { readonly note: string; readonly atMs: number } | null;
  /** Of the try that is under way: nobody wants it any more. */
  giveUp: AbortController;
}

type Subject = Pick<Release, 'id' | 'rollbackPoint' | 'revision' | 'stableRevision' | 'phase'>;

/** What was kept elsewhere counts for a backup for so long. */
const elsewhereCountsMs = 600_000;

export class BackupDesk {
  readonly #options: BackupDeskOptions;
  #latest: RollbackPoint | null = null;
  #isOpen = false;
  #standing: { readonly revision: string; readonly state: Taking; readonly id: string } | null = null;
  #taking: { readonly release: string; readonly state: Taking } | null = null;
  readonly #ending = new AbortController();

  constructor(options: BackupDeskOptions) {
    this.#options = options;
  }

  /** Reads what is there; nobody has to wait for it. */
  async open(): Promise<void> {
    const points = await this.points();
    if (!points.ok) return;
    this.#isOpen = true;
    this.#latest ??= points.value[0] ?? null;
  }

  /** What a controller before this one began to restore; null: nothing. */
  interrupted(): Promise<Result<RestoreOrder | null>> {
    return this.#options.snapshots.interrupted();
  }

  /** At once; begins what is missing. */
  latest(release: Subject): BackupAnswer {
    const { id, phase, revision, rollbackPoint, stableRevision } = release;
    if (rollbackPoint !== null || stableRevision === null || phase.phase !== 'preparing') {
      this.#giveUp(id);
      return { point: rollbackPoint, sinceMs: null, problem: null, latest: this.#latest };
    }
    if (this.#taking?.release !== id) {
      this.#giveUp(this.#taking?.release);
      this.#taking = { release: id, state: fresh() };
    }
    const { state } = this.#taking;
    const isDue = state.sinceMs === null && state.point === null;
    if (isDue && this.#options.clock.monotonicMs() >= state.againAtMs)
      void this.#takeFor({ id: `${id}/backup`, release: id, revision, stableRevision }, state);
    return { point: state.point, sinceMs: state.sinceMs, problem: state.problem, latest: this.#latest };
  }

  /** While nothing is released: at once; begins what is missing. Why there is no point of stable; null: there is, or it is under way. */
  stand(stable: string): Problem | null {
    if (!this.#isOpen) void this.open();
    if (!this.#isOpen || this.#latest?.revision === stable) return null;
    if (this.#standing?.revision !== stable) {
      this.#standing?.state.giveUp.abort(notWanted);
      this.#standing = { revision: stable, state: fresh(), id: this.#named(`stand/${stable}`) };
    }
    const { id, state } = this.#standing;
    if (state.sinceMs === null && this.#options.clock.monotonicMs() >= state.againAtMs)
      void this.#takeFor({ id, release: '', revision: stable, stableRevision: stable }, state);
    return state.problem === null ? null : { reason: 'BackupMissing', message: state.problem, retryable: true };
  }

  points(): Promise<Result<readonly RollbackPoint[]>> {
    return this.#options.inTurn(() => this.#options.snapshots.points());
  }

  /** Now, as somebody ordered it. */
  async take(revision: string): Promise<Result<RollbackPoint>> {
    const asked = { id: `${this.#named('backup')}/1`, release: '', revision, stableRevision: revision };
    const note = (await this.#options.hook?.(asked, this.#ending.signal)) ?? ok(null);
    return note.ok ? this.#keep(asked, note.value) : note;
  }

  /** `note`: what was kept elsewhere just now; null: nothing. */
  #keep({ release, stableRevision }: BackupAsked, note: string | null): Promise<Result<RollbackPoint>> {
    const { changedWithinMs, clock, inTurn, snapshots } = this.#options;
    const isBefore = release !== '' && changedWithinMs !== undefined;
    return inTurn(async () => {
      const taken = await snapshots.take({
        revision: stableRevision ?? '',
        nowMs: clock.wallMs(),
        ...(isBefore ? { before: { changedWithinMs } } : {}),
        ...(note === null ? {} : { notes: [note] }),
      });
      if (taken.ok) this.#latest = taken.value;
      return taken;
    });
  }

  plan(order: RestoreOrder): Promise<Result<RestorePlan>> {
    return this.#options.inTurn(() => this.#options.snapshots.plan(order));
  }

  restore(order: RestoreOrder): Promise<Result<RestorePlan>> {
    return this.#options.inTurn(() => this.#options.snapshots.restore(order));
  }

  /** What differs later was changed by somebody else. */
  ended({ id, rollbackPoint }: Subject): void {
    this.#giveUp(id);
    if (rollbackPoint === null) return;
    const { clock, inTurn, log, policy, snapshots } = this.#options;
    const noted = inTurn(() => snapshots.noteAfter(rollbackPoint.id, clock.wallMs()));
    void noted.catch(thrown).then((done) => {
      if (!done.ok) log.warn({ policy, release: id, ...done.error }, 'how the release left its files is not noted');
    });
  }

  /** Leaves what is under way outside to the next one. */
  close(): void {
    this.#ending.abort();
  }

  /** Once. */
  #named(what: string): string {
    const { clock, policy } = this.#options;
    return `${policy}/${what}/${clock.wallMs()}`;
  }

  #giveUp(release: string | undefined): void {
    if (release !== undefined && this.#taking?.release === release) this.#taking.state.giveUp.abort(notWanted);
  }

  async #takeFor(asked: BackupAsked, state: Taking): Promise<void> {
    const { clock, log, nudge, policy } = this.#options;
    const { release } = asked;
    state.sinceMs = clock.wallMs();
    state.giveUp = new AbortController();
    const { signal } = state.giveUp;
    const taken = await this.#try(asked, state, signal).catch(thrown);
    state.sinceMs = null;
    if (taken.ok) state.point = taken.value;
    else if (!signal.aborted && !this.#ending.signal.aborted) {
      state.failures += 1;
      state.problem = taken.error.message;
      state.againAtMs = clock.monotonicMs() + backOff(state.failures, { firstMs: 1_000, longestMs: 30_000 });
      log.warn({ policy, release, ...taken.error }, 'the backup before a release failed: it is tried again');
    }
    if (release !== '') nudge(release);
  }

  async #try(asked: BackupAsked, state: Taking, wanted: AbortSignal): Promise<Result<RollbackPoint>> {
    const { clock, hook } = this.#options;
    const isKnown = state.elsewhere !== null && clock.monotonicMs() - state.elsewhere.atMs < elsewhereCountsMs;
    if (hook === null || isKnown) return this.#keep(asked, state.elsewhere?.note ?? null);
    const signal = AbortSignal.any([wanted, this.#ending.signal]);
    const note = await hook({ ...asked, id: `${asked.id}/${state.failures + 1}` }, signal);
    if (!note.ok) return note;
    if (signal.aborted) return failed(givenUp);
    state.elsewhere = { note: note.value, atMs: clock.monotonicMs() };
    return this.#keep(asked, note.value);
  }
}

const givenUp: Problem = { reason: 'GivenUp', message: 'nobody waits for this backup any more', retryable: true };

const fresh = (): Taking => ({
  ...{ sinceMs: null, point: null, problem: null, failures: 0, againAtMs: 0 },
  elsewhere: null,
  giveUp: new AbortController(),
});

const thrown = (what: unknown): Result<never> => failed(problemOf(what));

/** What the loop asks; nothing where nothing is kept. */
export const backupPort = (desk: BackupDesk | null): Pick<Ports, 'backup'> =>
  desk === null ? {} : { backup: (release) => desk.latest(release) };

/** Who hears of releases, and the desk of those that ended. */
export const alsoTelling =
  (desk: BackupDesk | null, tell: (happening: Happening) => void) =>
  (happening: Happening): void => {
    tell(happening);
    if (happening.kind === 'saved' && isOver(happening.release)) desk?.ended(happening.release);
  };
