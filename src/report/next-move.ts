/** What happens next and when, if nothing objects: the countdown of a release. */
import { bakeEnded, bakeLeftMs } from '../release/bake.ts';
import { isForward, isPromoted } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import { clockText } from './format-value.ts';

export interface NextMove {
  /** `100 %`, `promotion`, `the watch ends`; empty once it has ended. */
  readonly what: string;
  /** Null: not a matter of time. */
  readonly inMs: number | null;
  readonly atMs: number | null;
  /** `if nothing objects`, or what it waits for. */
  readonly condition: string;
}

export const nextMove = (release: Release, nowMs: number): NextMove => {
  const move = moveOf(release);
  if (move.inMs === null) return { ...move, atMs: null };
  const inMs = Math.max(0, move.inMs - sinceTick(release, nowMs));
  return { ...move, inMs, atMs: nowMs + inMs };
};

/** The clock runs on between two ticks; a longer silence is time without a controller, which earns nothing. */
const sinceTick = ({ updatedAtMs }: Release, nowMs: number): number => {
  const silentMs = nowMs - updatedAtMs;
  return silentMs > 0 && silentMs < longestTickMs ? silentMs : 0;
};

const longestTickMs = 5_000;

/** `100 % in 07:42 if nothing objects`. */
export const nextMoveText = ({ what, inMs, condition }: NextMove): string =>
  [what, inMs === null ? '' : `in ${clockText(inMs)}`, condition].filter((part) => part !== '').join(' ');

type Move = Omit<NextMove, 'atMs'>;

const whenever = (what: string, condition: string): Move => ({ what, inMs: null, condition });

const moveOf = (release: Release): Move => {
  const { orders, phase, plan, weight } = release;
  // Ordered, and not begun yet.
  if (orders.abort !== null && (isForward(release) || isPromoted(release))) return whenever('rollback', 'under way');
  switch (phase.phase) {
    case 'preparing':
      return whenever(`${plan.steps[0]?.weight ?? 100} %`, beforeTraffic(release));
    case 'shifting':
      return whenever(`bake of ${plan.steps[phase.step]?.weight ?? 100} %`, 'as soon as the traffic agrees');
    case 'baking':
      return afterBake(release, phase.step);
    case 'promoting':
      return whenever('promotion', 'under way');
    case 'watching':
      return {
        what: 'end of the watch',
        inMs: Math.max(0, plan.watchMs - phase.watchedMs),
        condition: 'unless a rule breaks',
      };
    case 'rollingBack':
      return weight.applied === 0
        ? whenever('end of the rollback', 'as soon as stable is seen to serve')
        : whenever('weight 0', 'under way');
    case 'succeeded':
    case 'rolledBack':
    case 'failed':
      return whenever('', '');
  }
};

const afterBake = (release: Release, step: number): Move => {
  const next = release.plan.steps[step + 1];
  const what = next === undefined ? 'promotion' : `${next.weight} %`;
  const inMs = bakeEnded(release) ? 0 : (bakeLeftMs(release) ?? 0);
  const held = holdOf(release, inMs);
  if (held !== null) return whenever(what, held);
  return { what, inMs, condition: release.mode === 'advise' ? 'by promote, if nothing objects' : 'if nothing objects' };
};

const beforeTraffic = (release: Release): string =>
  (release.waiting?.reason === 'StartingInstances' ? null : holdOf(release, 0)) ?? 'as soon as the canary is ready';

/** What stops the countdown; null: it runs. */
const holdOf = ({ latch, pauses, waiting }: Release, leftMs: number): string | null => {
  if (latch !== null) return 'never: a breach is on record';
  if (pauses.some(({ by }) => by === 'person')) return 'held: Paused';
  if (waiting === null || waiting.reason === 'StillBaking') return null;
  if (waiting.rule === null) return `held: ${waiting.reason}`;
  return leftMs > 0 ? `held: ${waiting.rule}` : `as soon as ${waiting.rule} passes`;
};
