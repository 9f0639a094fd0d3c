/** Looks at something again and again until it is so, or the time is over. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  readonly withinMs: number;
  readonly everyMs: number;
}

/** Looks at least once, and once more when the time is over. False: it did not become so in time. */
export async function within(
  { withinMs, everyMs }: Patience,
  condition: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const isLast = performance.now() >= deadlineMs;
    if (await condition()) return true;
    if (isLast) return false;
    await sleep(everyMs);
  }
}
