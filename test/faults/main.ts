/** `npm run faults`: every workload, undisturbed once, then with every fault at every write and at every kind of news. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { someEnd } from '../support/at-end.ts';
import { type Plan, planName, undisturbed, type WorkloadName, workloadNames } from './fault.ts';
import { openGround } from './ground.ts';
import type { Reference } from './outcome.ts';
import { allPlans, type Choice, type Chosen, choose, faultsIn, type References } from './plans.ts';
import { runAll, type Totals } from './run-all.ts';
import { referenceOf } from './run-plan.ts';
import type { Ground } from './scene.ts';

const help = `Runs the controller against a real API server through a proxy that injects faults, and compares each run with the undisturbed one.

  npm run faults -- [--workload NAME]... [--fault NAME] [--shard I/N] [--sample N] [--processes N] [--seed N] [--minutes N]

  --workload NAME  ${workloadNames.join(', ')}; may be given more than once
  --fault NAME     kill-after, kill-in-flight, lose, delay, conflict, throttle, error; freeze, drop, stale, gone, garbage;
                   two-controllers, leader-stopped, lease-deleted, metrics-down, etcd-killed, etcd-stalled
  --shard I/N      the I-th of N parts
  --sample N       of the runs that kill nobody so many, drawn by the seed; those that kill run all
  --processes N    of the kills, so many once more with controllers that are processes and get SIGKILL, drawn by the
                   seed; in all others a controller dies by being cut from the API server for good
  --seed N         of what is drawn; 1
  --minutes N      after so long only kills begin that no other run has made
  --together N     writes that are struck in one run, one after the other; 5. What fails or never comes runs alone
  --parallel N     plans at once; 12
  --plan FILE      one plan that failed before, again
  --keep FOLDER    for plans that fail; .faults
  --list           the plans, and nothing is run but what they are made from

Exit: 0 all as undisturbed, 1 some are not, 3 wrong use.`;

const options = {
  workload: { type: 'string', multiple: true },
  fault: { type: 'string' },
  shard: { type: 'string', default: '1/1' },
  sample: { type: 'string' },
  processes: { type: 'string' },
  together: { type: 'string', default: '5' },
  seed: { type: 'string', default: '1' },
  minutes: { type: 'string' },
  parallel: { type: 'string', default: '12' },
  plan: { type: 'string' },
  keep: { type: 'string', default: '.faults' },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const began = performance.now();
const say = (line: string): void => console.log(`[${((performance.now() - began) / 1_000).toFixed(0)} s] ${line}`);

const whole = (text: string, name: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} is a whole number above 0, not "${text}"`);
  return Number(text);
};

const count = (text: string, name: string): number => (text === '0' ? 0 : whole(text, name));

interface Wish extends Choice {
  readonly workloads: readonly WorkloadName[];
  readonly plan: Plan | null;
  readonly untilMs: number;
  readonly parallel: number;
  readonly together: number;
  readonly keep: string;
  readonly what: 'list' | 'run' | 'help';
}

function wishOf(args: readonly string[]): Wish {
  const { values } = parseArgs({ args: [...args], options });
  const named = values.workload ?? workloadNames;
  const unknown = named.find((name) => !(workloadNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`no workload ${unknown}; there are: ${workloadNames.join(', ')}`);
  const [, index = '', of = ''] = /^(\d+)\/(\d+)$/.exec(values.shard) ?? [];
  const shard = { index: whole(index, 'shard'), of: whole(of, 'shard') };
  if (shard.index > shard.of) throw new Error(`--shard ${values.shard}: there is no such part`);
  const plan = values.plan === undefined ? null : planIn(values.plan);
  const toRun = values.list ? 'list' : 'run';
  return {
    workloads: plan === null ? (named as readonly WorkloadName[]) : [plan.workload],
    plan,
    shard,
    fault: values.fault ?? null,
    sample: values.sample === undefined ? null : count(values.sample, 'sample'),
    processes: values.processes === undefined ? null : count(values.processes, 'processes'),
    seed: whole(values.seed, 'seed'),
    untilMs:
      values.minutes === undefined ? Number.POSITIVE_INFINITY : began + whole(values.minutes, 'minutes') * 60_000,
    parallel: whole(values.parallel, 'parallel'),
    together: whole(values.together, 'together'),
    keep: values.keep,
    what: values.help ? 'help' : toRun,
  };
}

const planIn = (file: string): Plan => (JSON.parse(readFileSync(file, 'utf8')) as { readonly plan: Plan }).plan;

async function referencesOf(ground: Ground, workloads: readonly WorkloadName[]): Promise<References> {
  const found = await Promise.all(
    workloads.map(async (workload): Promise<readonly [WorkloadName, Reference]> => {
      const reference = await referenceOf(ground, undisturbed(workload));
      say(`${workload}, undisturbed: ${reference.writes.length} writes; ${JSON.stringify(reference.end)}`);
      return [workload, reference];
    }),
  );
  return new Map(found);
}

const names = (plans: readonly Plan[]): string => plans.map(planName).join(', ');

function tell({ ran, runs, failed, unmet, late }: Totals, { leftOut, leftOutProcesses }: Omit<Chosen, 'plans'>): void {
  if (unmet.length > 0) say(`the fault of ${unmet.length} met nothing, the run had less to do: ${names(unmet)}`);
  say(
    `left out: ${leftOut} faults that were not drawn, ${faultsIn(late)} for want of time; ${leftOutProcesses} kills struck no process; all: npm run faults`,
  );
  if (late.length > 0) say(`no time was left for ${names(late)}`);
  say(`faults: ${ran} ran in ${runs} runs, ${failed.length} failed${failed.length > 0 ? `: ${names(failed)}` : ''}`);
}

const chosenOf = (wish: Wish, references: References): Chosen =>
  wish.plan === null
    ? choose(allPlans(references, wish.together), wish)
    : { plans: [wish.plan], leftOut: 0, leftOutProcesses: 0 };

async function run(wish: Wish): Promise<number> {
  const { atEnd, cleanUp } = someEnd();
  try {
    const ground = await openGround(atEnd);
    const references = await referencesOf(ground, wish.workloads);
    const chosen = chosenOf(wish, references);
    const { plans } = chosen;
    say(`${faultsIn(plans)} faults in ${plans.length} runs, seed ${wish.seed}, ${wish.parallel} at once`);
    if (wish.what === 'list') return say(plans.map(planName).join('\n')) ?? 0;
    const totals = await runAll(ground, { ...wish, plans, references, say });
    tell(totals, chosen);
    return totals.failed.length > 0 ? 1 : 0;
  } finally {
    await cleanUp();
  }
}

async function main(): Promise<number> {
  let wish: Wish;
  try {
    wish = wishOf(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return 3;
  }
  if (wish.what === 'help') return console.log(help) ?? 0;
  return run(wish);
}

// Watches that nobody reads any more keep nothing alive.
process.exit(await main());
