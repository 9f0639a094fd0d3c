/** What people do to a release, and what waits for them: orders, pauses, investigations, another plan. */
import type { Release } from '../../src/release/release.ts';
import { startMs } from './a-release.ts';

export const minutes = (n: number): number => n * 60_000;

export const order = { who: 'ada', reason: 'watched it', atMs: startMs, step: 0 };

export const noOrders = { abort: null, promote: null, promoteFull: null, rollback: null };

export const personPause = { by: 'person', who: 'ada', reason: 'lunch', sinceMs: startMs } as const;

/** Nobody answered it in time. */
export const investigation = {
  rule: 'response_time_p95',
  openedAtMs: startMs,
  spentMs: minutes(16),
  message: 'p95 is slow',
  state: 'escalated',
  answer: null,
} as const;

export const withPlan = (release: Release, plan: Partial<Release['plan']>): Release => ({
  ...release,
  plan: { ...release.plan, ...plan },
});

export const withWeight = (release: Release, weight: Partial<Release['weight']>): Release => ({
  ...release,
  weight: { ...release.weight, ...weight },
});

/** Sight lost for so long. */
export const blindFor = (ms: number): Release['sight'] => ({
  blindMs: ms,
  blindSinceMs: startMs,
  totalBlindMs: ms,
  oweMs: 0,
  source: null,
});
