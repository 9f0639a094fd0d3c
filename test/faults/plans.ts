/** Every plan that there is, and which of them one run takes. */
import { seededRandom } from '../../src/cli/demo/seeded-random.ts';
import {
  disturbances,
  type Fault,
  isKill,
  type Plan,
  planName,
  type WorkloadName,
  watchFaults,
  writeFaults,
} from './fault.ts';
import type { Reference } from './outcome.ts';

export type References = ReadonlyMap<WorkloadName, Reference>;

/** Every write x fault, every kind of news x fault, and everything at once. */
export const allPlans = (references: References): readonly Plan[] =>
  [...references].flatMap(([workload, reference]) => faultsOf(reference).map((fault) => ({ workload, fault })));

const faultsOf = ({ writes, watched }: Reference): readonly Fault[] => [
  ...writeFaults.flatMap((fault) =>
    Array.from({ length: writes }, (_, index): Fault => ({ kind: 'write', fault, at: index + 1 })),
  ),
  ...watchFaults.flatMap((fault) => watched.map((at): Fault => ({ kind: 'watch', fault, at }))),
  ...disturbances.map((fault): Fault => ({ kind: 'world', fault })),
];

export interface Choice {
  readonly fault: string | null;
  /** One part of several. */
  readonly shard: { readonly index: number; readonly of: number };
  /** How many of those that kill nobody, drawn by the seed; null: all. */
  readonly sample: number | null;
  readonly seed: number;
}

export interface Chosen {
  readonly plans: readonly Plan[];
  readonly leftOut: number;
}

/** In the order of the seed: what time leaves out is another part each time. */
export function choose(all: readonly Plan[], { fault, shard, sample, seed }: Choice): Chosen {
  const wanted = all
    .filter((plan) => fault === null || ('fault' in plan.fault && plan.fault.fault === fault))
    .filter((_, index) => index % shard.of === shard.index - 1);
  const others = shuffled(
    wanted.filter((plan) => !isKill(plan)),
    seed,
  );
  const taken = sample === null ? others : others.slice(0, sample);
  const plans = shuffled([...wanted.filter(isKill), ...taken], seed);
  return { plans, leftOut: others.length - taken.length };
}

function shuffled(plans: readonly Plan[], seed: number): readonly Plan[] {
  const random = seededRandom(seed);
  return plans
    .map((plan) => ({ plan, at: random() }))
    .toSorted((a, b) => a.at - b.at || planName(a.plan).localeCompare(planName(b.plan)))
    .map(({ plan }) => plan);
}
