/** Plans one beside the other, each in a namespace of its own; what strikes everybody runs alone, at the end. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isForAll, isKill, type Plan, planName, singly, sizeOf } from './fault.ts';
import type { Outcome } from './outcome.ts';
import { faultsIn, type References } from './plans.ts';
import { runPlan } from './run-plan.ts';
import type { Ground } from './scene.ts';

export interface RunOrder {
  readonly plans: readonly Plan[];
  readonly references: References;
  readonly parallel: number;
  /** Of `performance.now()`; none begins after it that only a sample needs: every write is killed at, however long that takes. */
  readonly untilMs: number;
  /** Folder for plans that failed. */
  readonly keep: string;
  say(line: string): void;
}

/** Numbers are of faults: each write that is struck counts as one, however many share a run. */
export interface Totals {
  readonly ran: number;
  readonly runs: number;
  readonly failed: readonly Plan[];
  readonly unmet: readonly Plan[];
  /** For want of time. */
  readonly late: readonly Plan[];
}

interface Tally {
  ran: number;
  runs: number;
  readonly failed: Plan[];
  readonly unmet: Plan[];
  readonly late: Plan[];
}

export async function runAll(ground: Ground, order: RunOrder): Promise<Totals> {
  const tally: Tally = { ran: 0, runs: 0, failed: [], unmet: [], late: [] };
  const telling = setInterval(() => order.say(progressOf(tally, order)), 15_000);
  try {
    const beside = order.plans.filter((plan) => !isForAll(plan));
    await lanes(beside, order.parallel, (plan) => one(ground, { plan, order, tally }));
    await lanes(order.plans.filter(isForAll), 1, (plan) => one(ground, { plan, order, tally }));
  } finally {
    clearInterval(telling);
  }
  return tally;
}

/** `run` answers what is to run besides. */
async function lanes(
  plans: readonly Plan[],
  parallel: number,
  run: (plan: Plan) => Promise<readonly Plan[]>,
): Promise<void> {
  const left = [...plans];
  const lane = async (): Promise<void> => {
    for (let plan = left.shift(); plan !== undefined; plan = left.shift()) left.unshift(...(await run(plan)));
  };
  await Promise.all(Array.from({ length: parallel }, lane));
}

interface One {
  readonly plan: Plan;
  readonly order: RunOrder;
  readonly tally: Tally;
}

async function one(ground: Ground, { plan, order, tally }: One): Promise<readonly Plan[]> {
  const isDue = isKill(plan) && plan.lives === 'inside';
  if (!isDue && performance.now() > order.untilMs) return note(tally.late, plan);
  const reference = order.references.get(plan.workload);
  if (reference === undefined) throw new Error(`no undisturbed run of ${plan.workload}`);
  const outcome = await runPlan(ground, plan, reference);
  tally.runs++;
  tally.ran += outcome.struckTimes > 0 && plan.fault.kind !== 'write' ? 1 : sizeOf(plan) - outcome.unmet.size;
  const each = singly(plan);
  if (outcome.faults.length > 0) {
    tally.failed.push(plan);
    order.say(await kept(plan, outcome, order.keep));
    // Which of them it is, the same faults say one by one.
    return each.length > 1 ? each : [];
  }
  const unmet = each.filter((single) => isUnmet(single, outcome));
  return each.length > 1 ? unmet : note(tally.unmet, ...unmet);
}

const isUnmet = ({ fault }: Plan, { struckTimes, unmet }: Outcome): boolean =>
  fault.kind === 'write' ? fault.at.some(({ name }) => unmet.has(name)) : struckTimes === 0;

const note = (list: Plan[], ...plans: readonly Plan[]): readonly Plan[] => {
  list.push(...plans);
  return [];
};

async function kept(plan: Plan, { faults, evidence, seconds }: Outcome, folder: string): Promise<string> {
  const file = join(folder, `${planName(plan).replaceAll('/', '-')}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify({ plan, faults, evidence: evidence.split('\n') }, null, 2)}\n`);
  return `FAILED ${planName(plan)} after ${seconds.toFixed(0)} s: ${faults.join('; ')}\n  again: npm run faults -- --plan ${file}`;
}

const progressOf = ({ ran, runs, failed }: Tally, { plans }: RunOrder): string =>
  `${ran} of ${faultsIn(plans)} faults in ${runs} runs, ${failed.length} failed`;
