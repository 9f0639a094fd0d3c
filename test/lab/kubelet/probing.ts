/** Looks again and again, and tells when enough answers in a row agree. */
import { isOver, pause } from '../pause.ts';
import type { Probe } from './pod.ts';
import { look, type Probed } from './probe.ts';

export interface Probing {
  /** After `successThreshold` good looks in a row, or `failureThreshold` bad ones; once for each change. */
  changed(healthy: 'healthy' | 'unhealthy', reason: string): void;
  readonly signal: AbortSignal;
}

type Health = 'unknown' | 'healthy' | 'unhealthy';

/** Until it was healthy for the first time nobody waits for a period to end. */
const impatientMs = 100;

export async function keepProbing(probe: Probe, probed: Probed, { changed, signal }: Probing): Promise<void> {
  const { successThreshold = 1, failureThreshold = 3, periodSeconds = 10, initialDelaySeconds = 0 } = probe;
  let state = 'unknown' as Health;
  let inRow = { good: 0, bad: 0 };
  let everHealthy = false;
  // A quick look that fails counts only once a period, or a slow start would be taken for a failure.
  let countFrom = 0;
  await pause(initialDelaySeconds * 1_000, signal);
  while (!signal.aborted) {
    const reason = await look(probe, probed);
    if (reason === null) inRow = { good: inRow.good + 1, bad: 0 };
    else if (performance.now() >= countFrom) inRow = { good: 0, bad: inRow.bad + 1 };
    if (reason !== null && performance.now() >= countFrom) countFrom = performance.now() + periodSeconds * 1_000;
    const next: Health =
      inRow.good >= successThreshold ? 'healthy' : inRow.bad >= failureThreshold ? 'unhealthy' : state;
    if (next !== state && next !== 'unknown' && !isOver(signal)) changed(next, reason ?? '');
    state = next;
    everHealthy ||= state === 'healthy';
    const waitMs = everHealthy ? periodSeconds * 1_000 : Math.min(impatientMs, periodSeconds * 1_000);
    await pause(waitMs, signal);
  }
}
