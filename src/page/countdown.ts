/** What comes next, as it stands at another moment than that of the answer. */
import type { NextMove } from '../report/next-move.ts';

/** `nowMs` by the controller's clock. */
export const countdown = (next: NextMove, nowMs: number): NextMove =>
  next.atMs === null || next.inMs === null ? next : { ...next, inMs: Math.max(0, next.atMs - nowMs) };
