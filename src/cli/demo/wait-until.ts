/** Waits for a condition on the world, or for the end of the story, whichever comes first. */
import { pause } from '../../lib/pause.ts';

const lookEveryMs = 25;

/** False: the signal came first. */
export async function waitUntil(condition: () => boolean, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (condition()) return true;
    await pause(lookEveryMs, signal);
  }
  return false;
}
