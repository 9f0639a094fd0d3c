/** Whether the metrics can be seen, and what a time without them costs. */
import { formatDuration } from '../lib/duration.ts';
import { afterOutageMs } from './bake.ts';
import type { Change, LogEntry } from './log.ts';
import { isForward } from './phase.ts';
import type { Release, Sight } from './release.ts';

export const fullSight: Sight = { blindMs: 0, blindSinceMs: null, totalBlindMs: 0, oweMs: 0, source: null };

/** Polls that may fail in a row before it is an outage that has to be looked over again afterwards. */
const missedPolls = 3;

export interface Glimpse {
  readonly nowMs: number;
  readonly elapsedMs: number;
  readonly intervalMs: number;
  readonly sighted: boolean;
  readonly source: string | null;
}

/**
 *   sighted ──no answer──► blind ──blindFor──► paused (lifts itself), MetricsBlind
 *      ▲                     │                   │
 *      └──answers: SightReturned, owes min(bake, 5 m)
 */
export function lookedAt(release: Release, glimpse: Glimpse): Change<Release> {
  return glimpse.sighted ? seen(release, glimpse) : unseen(release, glimpse);
}

function seen(release: Release, glimpse: Glimpse): Change<Release> {
  const { source } = glimpse;
  const changed = sourceChanged(release.sight, glimpse);
  const { blindMs, blindSinceMs, oweMs } = release.sight;
  if (blindMs === 0 && blindSinceMs === null)
    return { release: { ...release, sight: { ...release.sight, source } }, log: changed };
  const outage = blindMs > missedPolls * glimpse.intervalMs;
  const owedMs = outage ? Math.max(oweMs, owedAfterOutage(release)) : oweMs;
  const sight = { ...release.sight, blindMs: 0, blindSinceMs: null, source, oweMs: owedMs };
  const pauses = release.pauses.filter(({ by }) => by !== 'blind');
  const more = owedMs > oweMs ? `; the step needs ${formatDuration(owedMs)} more to look over what was missed` : '';
  const message = `the metrics answer again after ${formatDuration(blindMs)}${more}`;
  const data = { blindMs, oweMs: owedMs, source };
  const log = outage ? [noticed(glimpse.nowMs, 'SightReturned', { message, data })] : [];
  return { release: { ...release, sight, pauses }, log: [...changed, ...log] };
}

/** The fallback took over, or the main source came back. */
function sourceChanged({ source: before }: Sight, { nowMs, source }: Glimpse): readonly LogEntry[] {
  if (before === null || source === null || before === source) return [];
  const message = `judged by ${source} from now on, ${before} judged before: raw counters mean the same in both, nothing is counted twice`;
  return [noticed(nowMs, 'SourceChanged', { message, data: { source, before } })];
}

function unseen(release: Release, { nowMs, elapsedMs }: Glimpse): Change<Release> {
  const { plan, sight } = release;
  const blindMs = sight.blindMs + elapsedMs;
  const blindSinceMs = sight.blindSinceMs ?? nowMs;
  const next = { ...release, sight: { ...sight, blindMs, blindSinceMs, totalBlindMs: sight.totalBlindMs + elapsedMs } };
  if (blindMs < plan.blindForMs || sight.blindMs >= plan.blindForMs) return { release: next, log: [] };
  const source = sight.source ?? 'the metric source';
  const message = `${source} has not answered for ${formatDuration(blindMs)}: nothing is decided by silence; the release goes on by itself when it answers`;
  const log = [noticed(nowMs, 'MetricsBlind', { message, data: { source, blindMs, release: release.id } })];
  if (!isForward(release)) return { release: next, log };
  const pause = { by: 'blind', who: source, reason: 'metrics do not answer', sinceMs: blindSinceMs } as const;
  return { release: { ...next, pauses: [...release.pauses, pause] }, log };
}

/** The present step's bake where it is shorter than the look back; 0 where nothing bakes. */
export function owedAfterOutage({ compression, phase, plan }: Release): number {
  const step = 'step' in phase ? plan.steps[phase.step] : undefined;
  return step === undefined ? 0 : Math.min(step.bakeMs, afterOutageMs / compression);
}

const noticed = (atMs: number, reason: string, line: Pick<LogEntry, 'message' | 'data'>): LogEntry => ({
  atMs,
  kind: 'event',
  reason,
  ...line,
});
