/** The evidence of a rule with all its times moved back, after the clock that gave them was. */
import type { RuleState } from './rule-state.ts';
import { seenBack } from './seen-dispersion.ts';
import { windowBack } from './window.ts';

export function movedBack(state: RuleState, byMs: number): RuleState {
  const back = (ms: number | null): number | null => (ms === null ? null : ms - byMs);
  const { burn, burst, lastAtMs, outside, pending, seen, stable, step, trouble, window } = state;
  return {
    ...state,
    lastAtMs: back(lastAtMs),
    pending: { ...pending, sinceMs: back(pending.sinceMs) },
    window: windowBack(window, byMs),
    burst: windowBack(burst, byMs),
    burn: burn.map((each) => windowBack(each, byMs)),
    ...(seen !== undefined && { seen: seenBack(seen, byMs) }),
    ...(trouble !== undefined && {
      trouble: { ...trouble, seen: trouble.seen === null ? null : seenBack(trouble.seen, byMs) },
    }),
    stable: { ...stable, insideSinceMs: back(stable.insideSinceMs), outsideSinceMs: back(stable.outsideSinceMs) },
    outside: { ...outside, sinceMs: back(outside.sinceMs) },
    step: { ...step, sinceMs: step.sinceMs - byMs },
  };
}
