/** Where a past release stood at a moment, as the judge asks it: by its weights in history and the plan's bakes. */
import type { Plan } from '../../release/plan.ts';
import type { JudgeContext } from '../../verdict/context.ts';
import type { Stretch } from './found-release.ts';

export interface Standing {
  readonly context: JudgeContext;
  /** The weight that was set is known, so that the canary's share of the requests says something. */
  readonly isShareKnown: boolean;
}

export function contextAt(
  nowMs: number,
  { weights, plan }: { readonly weights: readonly Stretch[]; readonly plan: Plan },
): Standing {
  const at = weights.findLastIndex(({ fromMs }) => fromMs <= nowMs);
  const stretch = weights[at];
  const percent = stretch?.percent ?? 0;
  const step = stepOf(plan, percent);
  const sinceMs = stretch?.fromMs ?? nowMs;
  return {
    isShareKnown: stretch !== undefined && stretch.told !== 'seen',
    context: {
      nowMs,
      step,
      weight: percent,
      split: percent > 0 && percent < 100,
      weightSinceMs: sinceMs,
      raisedAtMs: raisedAt(weights, at),
      bakeEnded: step !== null && nowMs - sinceMs >= (plan.steps[step]?.bakeMs ?? 0),
      // Past probes are nobody's memory: without stable's traffic the threshold alone decides.
      stableProbes: 'gone',
    },
  };
}

/** The last step that is no more than the weight; the first where the weight is less than that. */
function stepOf({ steps }: Plan, percent: number): number | null {
  if (percent === 0) return null;
  return Math.max(
    0,
    steps.findLastIndex(({ weight }) => weight <= percent),
  );
}

function raisedAt(weights: readonly Stretch[], at: number): number | null {
  for (let i = at; i >= 0; i--)
    if ((weights[i]?.percent ?? 0) > (weights[i - 1]?.percent ?? 0)) return weights[i]?.fromMs ?? null;
  return null;
}
