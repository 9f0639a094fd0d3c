/** Why a plan can't be carried out, all reasons at once; each message has both numbers. */
import { formatDuration } from '../lib/duration.ts';
import type { Plan } from './plan.ts';

/** Empty: the plan is sound. */
export function planProblems(plan: Plan): readonly string[] {
  return [...stepProblems(plan), ...limitProblems(plan)];
}

function stepProblems({ steps }: Plan): readonly string[] {
  if (steps.length === 0) return ['the plan has no step: at least one, of weight 100, is needed'];
  const problems = steps.flatMap(({ weight, bakeMs, replicas }, index) => {
    const before = steps[index - 1]?.weight ?? 0;
    const at = `step ${index + 1}`;
    return [
      ...(Number.isInteger(weight) && weight > 0 && weight <= 100
        ? []
        : [`${at}: weight ${weight} is no integer from 1 to 100`]),
      ...(weight > before ? [] : [`${at}: weight ${weight} does not rise above the ${before} before it`]),
      ...(isSpan(bakeMs) ? [] : [`${at}: bake ${bakeMs} ms is no length of time`]),
      ...(typeof replicas !== 'number' || (Number.isInteger(replicas) && replicas > 0)
        ? []
        : [`${at}: replicas ${replicas} is no positive integer`]),
    ];
  });
  const last = steps.at(-1)?.weight;
  return last === 100 ? problems : [...problems, `the last step's weight is ${last}: a release ends at 100`];
}

function limitProblems(plan: Plan): readonly string[] {
  const bakesMs = plan.steps.reduce((sum, step) => sum + step.bakeMs, 0);
  const spans = [
    'readyWithinMs',
    'scaleWithinMs',
    'maxDurationMs',
    'watchMs',
    'verifyWithinMs',
    'blindForMs',
    'blindMaxMs',
    'answerWithinMs',
    'drainMs',
  ] as const;
  const problems = spans.flatMap((name) => (isSpan(plan[name]) ? [] : [`${name} ${plan[name]} is no length of time`]));
  if (bakesMs > plan.maxDurationMs) {
    problems.push(
      `the bakes add up to ${formatDuration(bakesMs)}, but maxDuration is ${formatDuration(plan.maxDurationMs)}: the plan can't finish in its own limit; raise maxDuration or shorten the bakes`,
    );
  }
  if (plan.blindForMs > plan.blindMaxMs) {
    problems.push(
      `blindFor ${formatDuration(plan.blindForMs)} is longer than blindMax ${formatDuration(plan.blindMaxMs)}`,
    );
  }
  return problems;
}

const isSpan = (ms: number): boolean => Number.isFinite(ms) && ms >= 0;
