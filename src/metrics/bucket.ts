/** The histogram bucket that decides a latency rule: exactly the threshold, or the next lower one if the rule says so. */
import { failed, ok, type Result } from '../lib/result.ts';

const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

/** `bounds`: those of the histogram, +Inf aside or not. The error is the two nearest bounds, for the message. */
export function chooseBucket(
  bounds: readonly number[],
  wanted: number,
  missing: 'refuse' | 'snap',
): Result<number, readonly number[]> {
  const finite = [...new Set(bounds)].filter(Number.isFinite).sort((a, b) => a - b);
  const exact = finite.find((bound) => isSame(bound, wanted));
  if (exact !== undefined) return ok(exact);
  const lower = finite.findLast((bound) => bound < wanted);
  if (missing === 'snap' && lower !== undefined) return ok(lower);
  const higher = finite.find((bound) => bound > wanted);
  return failed([lower, higher].filter((bound) => bound !== undefined));
}
