/** Whether the counters tell of the last requests that users had of a canary: those that failed at the very end count, too. */
import type { Release } from './release.ts';

/** A scrape and a poll as they are usual; nobody waits longer for numbers that only the report needs. */
const countedWithinMs = 5_000;

/** A process that was silent for so long when the canary was emptied has died before. */
const silentMs = 10_000;

/** True where there is nothing to count. Its instances go when this holds, since their counters go with them. */
export function isCountedToTheEnd({ evidence, phase, rules, updatedAtMs, weight }: Release): boolean {
  if (phase.phase !== 'rollingBack' || weight.firstTrafficAtMs === null) return true;
  if (!rules.rules.some(({ sli }) => sli.kind === 'ratio')) return true;
  const { emptyAtMs } = phase;
  if (emptyAtMs === null) return false;
  if (updatedAtMs - emptyAtMs >= countedWithinMs) return true;
  const lively = Object.values(evidence.memory.targets).filter(({ atMs }) => emptyAtMs - atMs < silentMs);
  return lively.length > 0 && lively.every(({ atMs }) => atMs > emptyAtMs);
}
