/** Waits for a condition on the world, or for the end of the story, whichever comes first. */
import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 25;

/** False: the signal came first. */
export async function waitUntil(condition: () => boolean, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (condition()) return true;
    await pause(lookEveryMs, signal);
  }
  return false;
}

/** Settles after the time, or at once when the signal comes. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
