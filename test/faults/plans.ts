/** Every plan that there is, and which of them one run takes. */
import { seededRandom } from '../../src/cli/demo/seeded-random.ts';
import {
  disturbances,
  type Fault,
  isKill,
  type Plan,
  planName,
  type Struck,
  singly,
  sizeOf,
  type WorkloadName,
  watchFaults,
  writeFaults,
} from './fault.ts';
import type { Reference } from './outcome.ts';

export type References = ReadonlyMap<WorkloadName, Reference>;

/** Every write x fault, so many in one run; every kind of news x fault; and everything at once. */
export const allPlans = (references: References, together: number): readonly Plan[] =>
  [...references].flatMap(([workload, reference]) =>
    faultsOf(reference, together).map((fault) => ({
      ...{ workload, fault },
      lives: fault.kind === 'world' ? 'process' : 'inside',
    })),
  );

const faultsOf = ({ writes, watched }: Reference, together: number): readonly Fault[] => [
  ...writeFaults.flatMap((fault) => chains(writes, together).map((at): Fault => ({ kind: 'write', fault, at }))),
  ...watchFaults.flatMap((fault) => watched.map((at): Fault => ({ kind: 'watch', fault, at }))),
  ...disturbances.map((fault): Fault => ({ kind: 'world', fault })),
];

/** As far from each other as can be: what one does is over before the next. */
function chains(writes: readonly string[], together: number): readonly (readonly Struck[])[] {
  const count = Math.ceil(writes.length / together);
  const all = writes.map((name, index): Struck => ({ number: index + 1, name }));
  return Array.from({ length: count }, (_, at) => all.filter((_each, index) => index % count === at));
}

export interface Choice {
  readonly fault: string | null;
  /** One part of several. */
  readonly shard: { readonly index: number; readonly of: number };
  /** How many of those that kill nobody, drawn by the seed; null: all. */
  readonly sample: number | null;
  /** How many of those that kill run once more, with controllers that are processes and get SIGKILL; null: all. */
  readonly processes: number | null;
  readonly seed: number;
}

export interface Chosen {
  readonly plans: readonly Plan[];
  /** Faults that were not drawn. */
  readonly leftOut: number;
  /** Kills that strike no process, only what lives inside. */
  readonly leftOutProcesses: number;
}

/** In the order of the seed: what time leaves out is another part each time. */
export function choose(all: readonly Plan[], { fault, processes, shard, sample, seed }: Choice): Chosen {
  const wanted = all
    .filter((plan) => fault === null || ('fault' in plan.fault && plan.fault.fault === fault))
    .filter((_, index) => index % shard.of === shard.index - 1);
  const kills = wanted.filter(isKill);
  const each = kills.flatMap(singly).map((plan): Plan => ({ ...plan, lives: 'process' }));
  const killed = drawn(each, { count: processes, seed });
  const others = wanted.filter((plan) => !isKill(plan));
  const taken = drawn(others, { count: sample, seed });
  // Those that must run begin first.
  const plans = [...shuffled(kills, seed), ...shuffled([...killed, ...taken], seed)];
  return { plans, leftOut: faultsIn(others) - faultsIn(taken), leftOutProcesses: each.length - killed.length };
}

export const faultsIn = (plans: readonly Plan[]): number => plans.reduce((sum, plan) => sum + sizeOf(plan), 0);

const drawn = (
  plans: readonly Plan[],
  { count, seed }: { readonly count: number | null; readonly seed: number },
): readonly Plan[] => shuffled(plans, seed).slice(0, count ?? plans.length);

function shuffled(plans: readonly Plan[], seed: number): readonly Plan[] {
  const random = seededRandom(seed);
  return plans
    .map((plan) => ({ plan, at: random() }))
    .toSorted((a, b) => a.at - b.at || planName(a.plan).localeCompare(planName(b.plan)))
    .map(({ plan }) => plan);
}
