/** One plan from an empty namespace to its verdict. */
import { setTimeout as delay } from 'node:timers/promises';
import { someEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { disturb } from './disturb.ts';
import { type EndState, endState } from './end-state.ts';
import type { Plan } from './fault.ts';
import { Ledger } from './ledger.ts';
import { isSame, loopFaults, type Outcome, perObject, type Reference } from './outcome.ts';
import { bakeFaults, routeFaults } from './route-oracle.ts';
import { type Ground, openScene, type Scene } from './scene.ts';
import { serviceFaults } from './service-oracle.ts';
import { patientMs, type Workload, workloads } from './workloads.ts';

interface Ran {
  readonly scene: Scene;
  readonly ledger: Ledger;
  readonly end: EndState;
}

/** Begins the workload, and resolves when `isOver` says that what it came to is final. */
async function ran(
  scene: Scene,
  {
    plan,
    ledger,
    isOver,
  }: { readonly plan: Plan; readonly ledger: Ledger; readonly isOver: (end: EndState) => boolean },
): Promise<Ran> {
  const { api, namespace, controllers } = scene;
  let last: EndState | null = null;
  try {
    const { act, amid, prepare } = workloads[plan.workload];
    await prepare?.(scene);
    ledger.arm();
    await Promise.all([act(scene), disturb(scene, { fault: plan.fault, ledger, amid })]);
    await eventually(
      async () => {
        last = await endState(api, namespace);
        return isOver(last);
      },
      { withinMs: patientMs, everyMs: 500 },
    );
    await controllers.settled();
    return { scene, ledger, end: last as unknown as EndState };
  } catch (cause) {
    throw new Error(`${String(cause)}\nlast state: ${JSON.stringify(last)}`, { cause });
  }
}

export async function referenceOf(ground: Ground, plan: Plan): Promise<Reference> {
  const { atEnd, cleanUp } = someEnd();
  const ledger = new Ledger(plan);
  const { before, isOver, steps } = workloads[plan.workload];
  try {
    const scene = await openScene(ground, { before, ledger, steps, lives: plan.lives, atEnd });
    const { end } = await ran(scene, { plan, ledger, isOver });
    // What is put in order afterwards belongs to it.
    await delay(2_000);
    const found = faultsIn(scene, ledger, steps);
    if (found.length > 0) throw new Error(`undisturbed, and wrong: ${found.join('; ')}\n${evidenceOf(scene, ledger)}`);
    const settled = await endState(ground.api, scene.namespace);
    await scene.controllers.stop();
    return {
      end: { ...end, ...settled },
      writes: ledger.names,
      perObject: perObject(ledger),
      watched: [...ledger.watched],
    };
  } finally {
    await cleanUp();
  }
}

export async function runPlan(ground: Ground, plan: Plan, reference: Reference): Promise<Outcome> {
  const { atEnd, cleanUp } = someEnd();
  const ledger = new Ledger(plan);
  const { before, steps } = workloads[plan.workload];
  const began = performance.now();
  let scene: Scene | null = null;
  const found: string[] = [];
  try {
    scene = await openScene(ground, { before, ledger, steps, lives: plan.lives, atEnd });
    await ran(scene, { plan, ledger, isOver: (end) => isSame(reference.end, end) });
  } catch (error) {
    found.push(`it did not end as the undisturbed run (${JSON.stringify(reference.end)}): ${String(error)}`);
  }
  if (scene !== null)
    found.push(...faultsIn(scene, ledger, steps), ...loopFaults(reference, perObject(ledger), ledger.struckTimes));
  const evidence = scene === null || found.length === 0 ? '' : evidenceOf(scene, ledger);
  await cleanUp().catch((error: unknown) => found.push(`cleaning up: ${String(error)}`));
  if (scene !== null) ground.history.forget(scene.namespace);
  const seconds = (performance.now() - began) / 1_000;
  return { faults: found, unmet: ledger.unmet, struckTimes: ledger.struckTimes, seconds, evidence };
}

const faultsIn = (scene: Scene, ledger: Ledger, steps: Workload['steps']): readonly string[] => [
  ...routeFaults(scene.happened(), steps),
  ...bakeFaults(ledger.writes, steps),
  ...serviceFaults(scene.happened()),
];

function evidenceOf(scene: Scene, { writes }: Ledger): string {
  const lines = writes
    .filter(({ number }) => number > 0)
    .map(
      ({ number, name, path, code, askedAtMs }) =>
        `${number} ${Math.round(askedAtMs)} ${path} ${code ?? 'no answer'} (${name})`,
    );
  return `${lines.join('\n')}\n${scene.controllers.output()}`;
}
