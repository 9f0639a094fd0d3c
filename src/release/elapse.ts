/** Adds the time since the last tick to the clocks that it counts for, and says what became due by it. */
import { escalateLate, isOpen } from './investigation.ts';
import type { Change, LogEntry } from './log.ts';
import { isForward, isOver } from './phase.ts';
import type { Phase, Release } from './release.ts';
import { lookedAt } from './sight.ts';

export interface Tick {
  readonly nowMs: number;
  /** Monotonic milliseconds since the tick before; 0 for the first of a controller. */
  readonly elapsedMs: number;
  /** How often ticks come: more than a few of them at once is a stopped machine, not time that was watched. */
  readonly intervalMs: number;
  /** The metrics answer: the newest answer is usable and no older than two or three polls. */
  readonly sighted: boolean;
  /** Source that answered last. */
  readonly source: string | null;
}

/** Ticks that may be missed before a span counts as time without a controller. */
const missedTicks = 5;

/** Holds before the first traffic of a canary that is ready. */
const heldReady: ReadonlySet<string> = new Set(['ApprovalPending', 'GateFailed', 'GateWaits']);
const heldByChecks: ReadonlySet<string> = new Set(['CheckFailed', 'CheckPending']);

/** Pages when a rollback's weight is not 0 by then. */
export const zeroWithinMs = 10_000;

/**
 * `sight` blindness; `countedMs` the plan's limit; the phase's own clock; investigations. A jump counts as `missedTicks` ticks for
 * everything but the bake, which gets nothing.
 */
export function elapse(release: Release, tick: Tick): Change<Release> {
  if (isOver(release)) return { release, log: [] };
  const watched = tick.elapsedMs <= missedTicks * tick.intervalMs;
  const spentMs = Math.max(0, Math.min(tick.elapsedMs, missedTicks * tick.intervalMs));
  const sighted = tick.sighted && watched;
  const looked = lookedAt(release, { ...tick, sighted, elapsedMs: spentMs });
  const bakesMs = sighted && bakes(looked.release) ? spentMs : 0;
  const aged = {
    ...looked.release,
    updatedAtMs: tick.nowMs,
    countedMs: release.countedMs + (sighted && counts(release) ? spentMs : 0),
    sight: { ...looked.release.sight, oweMs: Math.max(0, looked.release.sight.oweMs - bakesMs) },
    phase: phaseAfter(looked.release, spentMs, bakesMs),
  };
  const escalated = escalateLate(aged, { nowMs: tick.nowMs, spentMs });
  return {
    release: escalated.release,
    log: [...looked.log, ...escalated.log, ...lateZero(release, escalated.release, tick)],
  };
}

/** S6, S8: the weight is verified and as decided, and nobody pauses; whether the metrics answer is the caller's to know. */
const bakes = ({ phase, pauses, weight }: Release): boolean =>
  phase.phase === 'baking' && pauses.length === 0 && weight.ceiling === null && weight.applied === weight.desired;

/** Time held by a person's pause, by gates and approvals or by waiting for an order is not counted; an unanswered investigation is. */
function counts(release: Release): boolean {
  if (!isForward(release) || release.pauses.length > 0) return false;
  const waiting = release.waiting?.reason;
  return release.investigations.some(isOpen) || !(isHeldReady(release) || waiting === 'AwaitingOrder');
}

/** Before the first traffic a check is a gate like the others. */
const isHeldReady = ({ phase, waiting }: Pick<Release, 'phase' | 'waiting'>): boolean =>
  waiting !== null &&
  (heldReady.has(waiting.reason) || (phase.phase === 'preparing' && heldByChecks.has(waiting.reason)));

function phaseAfter({ phase, waiting, weight }: Release, spentMs: number, bakesMs: number): Phase {
  switch (phase.phase) {
    case 'preparing':
      // Ready, and held by people: an instance that restarts meanwhile has all of `readyWithin` again.
      return { ...phase, spentMs: isHeldReady({ phase, waiting }) ? 0 : phase.spentMs + spentMs };
    case 'promoting':
      return { ...phase, spentMs: phase.spentMs + spentMs };
    case 'shifting':
      return weight.applied === weight.desired
        ? { ...phase, spentMs: phase.spentMs + spentMs }
        : { ...phase, waitedMs: phase.waitedMs + spentMs };
    case 'baking':
      return { ...phase, bakedMs: phase.bakedMs + bakesMs };
    case 'watching':
      return { ...phase, watchedMs: phase.watchedMs + spentMs };
    case 'rollingBack':
      return {
        ...phase,
        spentMs: phase.spentMs + spentMs,
        drainedMs: weight.applied === 0 && phase.zeroAtMs !== null ? phase.drainedMs + spentMs : 0,
      };
    case 'succeeded':
    case 'rolledBack':
    case 'failed':
      return phase;
  }
}

/** Said once, when the time is crossed. */
function lateZero(before: Release, { phase, weight }: Release, { nowMs }: Tick): readonly LogEntry[] {
  if (phase.phase !== 'rollingBack' || before.phase.phase !== 'rollingBack' || phase.zeroAtMs !== null) return [];
  if (before.phase.spentMs >= zeroWithinMs || phase.spentMs < zeroWithinMs) return [];
  const message = `the weight is not 0 ${zeroWithinMs / 1_000} s after the decision to roll back; it was ${weight.applied ?? 'not read'} % when last read. It is tried on; look at the router`;
  return [
    {
      atMs: nowMs,
      kind: 'event',
      reason: 'RollbackStalled',
      message,
      data: { applied: weight.applied, desired: weight.desired },
    },
  ];
}
