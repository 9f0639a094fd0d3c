/**
 * Takes backups beside the loop, which asks for the latest answer and waits for none.
 *
 *   release asks ──► none for it yet ──► taken in turn ──► point ──► the loop is told to look
 *                          ▲                  └── failed: the reason, tried again after a while
 *   release over ──► how it left everything is noted
 */
import type { BackupAnswer, RestoreOrder, RestorePlan, RollbackPoint, Snapshots } from '../backup/snapshots.ts';
import { backOff } from '../lib/back-off.ts';
import type { Clock } from '../lib/clock.ts';
import { problemOf, type Result } from '../lib/result.ts';
import type { Happening } from '../reconcile/happening.ts';
import { isOver } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface BackupDeskOptions {
  readonly policy: string;
  readonly snapshots: Snapshots;
  readonly clock: Clock;
  readonly log: Logger;
  /** Makes the loop look at a release at once. */
  readonly nudge: (release: string) => void;
  /** One thing after the other, over all policies: a disk that hangs takes no more than one thread. */
  readonly inTurn: InTurn;
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
}

type Subject = Pick<Release, 'id' | 'rollbackPoint' | 'stableRevision' | 'phase'>;

export class BackupDesk {
  readonly #options: BackupDeskOptions;
  #latest: RollbackPoint | null = null;
  #taking: { readonly release: string; readonly state: Taking } | null = null;

  constructor(options: BackupDeskOptions) {
    this.#options = options;
  }

  /** Reads what is there; nobody has to wait for it. */
  async open(): Promise<void> {
    const points = await this.points();
    if (points.ok) this.#latest ??= points.value[0] ?? null;
  }

  /** What a controller before this one began to restore; null: nothing. */
  interrupted(): Promise<RestoreOrder | null> {
    return this.#options.snapshots.interrupted();
  }

  /** At once; begins what is missing. */
  latest(release: Subject): BackupAnswer {
    const { id, phase, rollbackPoint, stableRevision } = release;
    if (rollbackPoint !== null || stableRevision === null || phase.phase !== 'preparing')
      return { point: rollbackPoint, sinceMs: null, problem: null, latest: this.#latest };
    if (this.#taking?.release !== id) this.#taking = { release: id, state: fresh() };
    const { state } = this.#taking;
    const isDue = state.sinceMs === null && state.point === null;
    if (isDue && this.#options.clock.monotonicMs() >= state.againAtMs) void this.#takeFor(id, stableRevision, state);
    return { point: state.point, sinceMs: state.sinceMs, problem: state.problem, latest: this.#latest };
  }

  points(): Promise<Result<readonly RollbackPoint[]>> {
    return this.#options.inTurn(() => this.#options.snapshots.points());
  }

  take(revision: string): Promise<Result<RollbackPoint>> {
    const { clock, inTurn, snapshots } = this.#options;
    return inTurn(async () => {
      const taken = await snapshots.take({ revision, nowMs: clock.wallMs() });
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
    if (rollbackPoint === null) return;
    const { clock, inTurn, log, policy, snapshots } = this.#options;
    const noted = inTurn(() => snapshots.noteAfter(rollbackPoint.id, clock.wallMs()));
    void noted.catch(thrown).then((done) => {
      if (!done.ok) log.warn({ policy, release: id, ...done.error }, 'how the release left its files is not noted');
    });
  }

  async #takeFor(release: string, revision: string, state: Taking): Promise<void> {
    const { clock, log, nudge, policy } = this.#options;
    state.sinceMs = clock.wallMs();
    const taken = await this.take(revision).catch(thrown);
    state.sinceMs = null;
    if (taken.ok) state.point = taken.value;
    else {
      state.failures += 1;
      state.problem = taken.error.message;
      state.againAtMs = clock.monotonicMs() + backOff(state.failures, { firstMs: 1_000, longestMs: 30_000 });
      log.warn({ policy, release, ...taken.error }, 'the backup before a release failed: it is tried again');
    }
    nudge(release);
  }
}

const fresh = (): Taking => ({ sinceMs: null, point: null, problem: null, failures: 0, againAtMs: 0 });

const thrown = (what: unknown): { readonly ok: false; readonly error: ReturnType<typeof problemOf> } => ({
  ok: false,
  error: problemOf(what),
});

/** Who hears of releases, and the desk of those that ended. */
export const alsoTelling =
  (desk: BackupDesk | null, tell: (happening: Happening) => void) =>
  (happening: Happening): void => {
    tell(happening);
    if (happening.kind === 'saved' && isOver(happening.release)) desk?.ended(happening.release);
  };
