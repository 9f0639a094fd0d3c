/** How far the recording of a release's trends is: under way, over its time, or ended before. */
import type { LogEntry } from '../../release/log.ts';
import type { Release } from '../../release/release.ts';
import { trendEnded } from '../../release/trend-end.ts';
import { tookText } from '../format-value.ts';

/** Epoch ms. */
export interface TrendState {
  readonly state: 'recording' | 'ended';
  readonly promotedAtMs: number;
  /** When it ended, or will. */
  readonly untilMs: number;
  readonly sentence: string;
}

/** null: it is not promoted, was taken back, or its plan records none. */
export function trendState({ phase, plan }: Release, log: readonly LogEntry[], nowMs: number): TrendState | null {
  const promoted = log.find(({ reason }) => reason === 'Promoted');
  const isStable = phase.phase === 'watching' || phase.phase === 'succeeded';
  if (!isStable || promoted === undefined || (plan.trendMs ?? 0) === 0) return null;
  const ended = log.find(({ reason }) => reason === trendEnded);
  const promotedAtMs = promoted.atMs;
  if (ended !== undefined) return { state: 'ended', promotedAtMs, untilMs: ended.atMs, sentence: ended.message };
  const untilMs = promotedAtMs + (plan.trendMs ?? 0);
  if (nowMs > untilMs + (plan.trendMs ?? 0) / 10) return { state: 'ended', promotedAtMs, untilMs, sentence: unsaid };
  const until = `${new Date(untilMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const sentence = `trends are recorded until ${until}, ${tookText(plan.trendMs ?? 0)} after the promotion`;
  return { state: 'recording', promotedAtMs, untilMs, sentence };
}

/** Nobody is left to write that line. */
const unsaid = 'no controller looked at its trends when their time was over: what was read before stands here';
