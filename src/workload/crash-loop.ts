/** When a process that died is started again, and when dying has become a habit. */
import { backOff } from '../lib/back-off.ts';

/** Deaths further back than this are forgotten. */
const windowMs = 120_000;
const restartsAllowed = 5;
const longestDelayMs = 30_000;

/** Remembers a death, as epoch milliseconds, and forgets the old ones. */
export function withDeath(deaths: readonly number[], nowMs: number): readonly number[] {
  return [...deaths.filter((at) => at <= nowMs && nowMs - at < windowMs), nowMs];
}

/** Five restarts within two minutes, and dead again. */
export function isCrashLoop(deaths: readonly number[]): boolean {
  return deaths.length > restartsAllowed;
}

/** Doubles with every death; a crash loop goes on being tried every 30 s, because what it waits for may come back. */
export function restartDelayMs(deaths: readonly number[], firstMs: number): number {
  if (isCrashLoop(deaths)) return longestDelayMs;
  return backOff(deaths.length, { firstMs, longestMs: longestDelayMs });
}

/** Delay after a failure that no restart will cure. */
export const hopelessDelayMs = longestDelayMs;
