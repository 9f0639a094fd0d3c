/** How many canary instances a step wants, and whether they are enough for the traffic that it sends them. */
import type { Plan, Step } from './plan.ts';

/** Instances that carry this much of what `stable` instances carry together; at least one. */
const weightNeeds = (weight: number, stable: number): number => Math.max(1, Math.ceil((stable * weight) / 100));

/** What the plan says, or what the weight needs where it says nothing. */
export const stepSize = ({ replicas, weight }: Step, stable: number): number => {
  if (replicas === null) return weightNeeds(weight, stable);
  return typeof replicas === 'number' ? replicas : weightNeeds(replicas.percentOfStable, stable);
};

export interface SmallStep {
  /** Index into the plan. */
  readonly step: number;
  readonly message: string;
}

/** Steps that send more traffic than their instances carry where stable runs on this many, unless the plan says that it means it. */
export const smallSteps = ({ steps }: Pick<Plan, 'steps'>, stable: number): readonly SmallStep[] =>
  steps.flatMap((each, step) => {
    const [size, needed] = [stepSize(each, stable), weightNeeds(each.weight, stable)];
    if (size >= needed || each.tooFew === 'accepted') return [];
    const message = `${sizeText(each, size)} too few for ${each.weight} % of the traffic: that needs ${needed}, as stable runs on ${stable}; raise replicas, leave it out, or say tooFew: accepted beside it`;
    return [{ step, message }];
  });

const sizeText = ({ replicas }: Step, size: number): string => {
  const text = typeof replicas === 'object' && replicas !== null ? `${replicas.percentOfStable}%` : null;
  const instances = size === 1 ? '1 instance is' : `${size} instances are`;
  return text === null ? `replicas: ${instances}` : `replicas ${text}: ${instances}`;
};
