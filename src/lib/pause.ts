/** A wait that ends early when there is nothing left to wait for. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Settles after the time, or at once when the signal comes; never rejects. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
