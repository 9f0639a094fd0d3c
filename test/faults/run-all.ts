/** Plans one beside the other, each in a namespace of its own; what strikes everybody runs alone, at the end. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isForAll, type Plan, planName } from './fault.ts';
import type { Outcome } from './outcome.ts';
import type { References } from './plans.ts';
import { runPlan } from './run-plan.ts';
import type { Ground } from './scene.ts';

export interface RunOrder {
  readonly plans: readonly Plan[];
  readonly references: References;
  readonly parallel: number;
  /** Of `performance.now()`; none begins after it. */
  readonly untilMs: number;
  /** Folder for plans that failed. */
  readonly keep: string;
  say(line: string): void;
}

export interface Totals {
  readonly ran: number;
  readonly failed: readonly Plan[];
  readonly unmet: readonly Plan[];
  /** For want of time. */
  readonly late: readonly Plan[];
}

interface Tally {
  ran: number;
  readonly failed: Plan[];
  readonly unmet: Plan[];
  readonly late: Plan[];
}

export async function runAll(ground: Ground, order: RunOrder): Promise<Totals> {
  const tally: Tally = { ran: 0, failed: [], unmet: [], late: [] };
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

async function lanes(plans: readonly Plan[], parallel: number, run: (plan: Plan) => Promise<void>): Promise<void> {
  const left = [...plans];
  const lane = async (): Promise<void> => {
    for (let plan = left.shift(); plan !== undefined; plan = left.shift()) await run(plan);
  };
  await Promise.all(Array.from({ length: parallel }, lane));
}

interface One {
  readonly plan: Plan;
  readonly order: RunOrder;
  readonly tally: Tally;
}

async function one(ground: Ground, { plan, order, tally }: One): Promise<void> {
  if (performance.now() > order.untilMs) return void tally.late.push(plan);
  const reference = order.references.get(plan.workload);
  if (reference === undefined) throw new Error(`no undisturbed run of ${plan.workload}`);
  const outcome = await runPlan(ground, plan, reference);
  tally.ran++;
  if (!outcome.isMet) tally.unmet.push(plan);
  if (outcome.faults.length === 0) return;
  tally.failed.push(plan);
  order.say(await kept(plan, outcome, order.keep));
}

async function kept(plan: Plan, { faults, evidence, seconds }: Outcome, folder: string): Promise<string> {
  const file = join(folder, `${planName(plan).replaceAll('/', '-')}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify({ plan, faults, evidence: evidence.split('\n') }, null, 2)}\n`);
  return `FAILED ${planName(plan)} after ${seconds.toFixed(0)} s: ${faults.join('; ')}\n  again: npm run faults -- --plan ${file}`;
}

const progressOf = ({ ran, failed, late }: Tally, { plans }: RunOrder): string =>
  `${ran} of ${plans.length - late.length} plans ran, ${failed.length} failed`;
