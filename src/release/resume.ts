/** Takes a stored release up again after its controller was gone: that time was blind. */
import { formatDuration } from '../lib/duration.ts';
import type { Change } from './log.ts';
import { isOver } from './phase.ts';
import type { Release } from './release.ts';
import { owedAfterOutage } from './sight.ts';

/** Shorter gaps are a restart, not an outage: nothing was missed that the next look does not show. */
const restartMs = 60_000;

/** Wall time decides here only how careful to be: a clock that jumped makes a step longer, never shorter. */
export function resumed(release: Release, nowMs: number): Change<Release> {
  const goneMs = Math.max(0, nowMs - release.updatedAtMs);
  if (isOver(release) || goneMs === 0) return { release, log: [] };
  const oweMs =
    goneMs > restartMs / release.compression
      ? Math.max(release.sight.oweMs, owedAfterOutage(release))
      : release.sight.oweMs;
  const sight = { ...release.sight, oweMs, totalBlindMs: release.sight.totalBlindMs + goneMs };
  const message = `taken up again after ${formatDuration(goneMs)} without a controller; that time counts for no bake`;
  const data = { goneMs, phase: release.phase.phase, desired: release.weight.desired };
  return {
    release: { ...release, sight, updatedAtMs: nowMs },
    log: [{ atMs: nowMs, kind: 'event', reason: 'ControllerTookOver', message, data }],
  };
}
