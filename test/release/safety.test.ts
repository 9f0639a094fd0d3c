import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandKind } from '../../src/release/command.ts';
import { isOver } from '../../src/release/phase.ts';
import type { Release } from '../../src/release/release.ts';
import type { MemoryFault } from '../../src/router/memory.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';
import { aVerdict, breach } from '../support/a-release.ts';
import { intervalMs, ModelRun, type Pass, type Passed } from '../support/model-run.ts';

const warningFine = aVerdict({ rule: 'response_time_p95', alert: 'warning' });

const scenes: Readonly<Record<string, readonly Verdict[]>> = {
  pass: [aVerdict(), warningFine],
  inconclusive: [aVerdict({ kind: 'inconclusive', reason: 'TooFewEvents' }), warningFine],
  silent: [],
  suspect: [aVerdict({ kind: 'suspect', outcome: 'hold', reason: 'EvidenceRising' }), warningFine],
  environment: [breach({ outcome: 'hold', reason: 'EnvironmentBad' }), warningFine],
  warning: [aVerdict(), breach({ rule: 'response_time_p95', alert: 'warning' })],
  breach: [breach(), warningFine],
};

type Happening =
  | {
      readonly kind: 'pass';
      readonly scene: string;
      readonly ticks: number;
      readonly sighted: boolean;
      readonly times: number;
      readonly dies: Pass['dies'];
    }
  | { readonly kind: 'order'; readonly order: CommandKind; readonly reason: string }
  | { readonly kind: 'fault'; readonly fault: MemoryFault }
  | { readonly kind: 'hand'; readonly weight: number }
  | { readonly kind: 'lose' | 'recover'; readonly revision: 'v1' | 'v2' }
  | { readonly kind: 'dataPlaneRestarts' | 'controllerRestarts' | 'land' | 'supersede' | 'unreadableWorkload' };

/** Mostly passes that go well, or a release would never get anywhere. */
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      scene: fc.constant('pass'),
      ticks: fc.constant(1),
      sighted: fc.constant(true),
      times: fc.integer({ min: 1, max: 25 }),
      dies: fc.constant(undefined),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      scene: fc.constantFrom(...Object.keys(scenes).filter((name) => name !== 'breach')),
      ticks: fc.constantFrom(0, 1, 4, 50),
      sighted: fc.boolean(),
      times: fc.integer({ min: 1, max: 8 }),
      dies: fc.constantFrom(undefined, 'afterSave' as const, 'afterAct' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      scene: fc.constant('breach'),
      ticks: fc.constant(1),
      sighted: fc.boolean(),
      times: fc.integer({ min: 1, max: 3 }),
      dies: fc.constantFrom(undefined, 'afterSave' as const, 'afterAct' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      order: fc.constantFrom<CommandKind[]>('pause', 'resume', 'promote', 'promoteFull', 'abort', 'answer', 'rollback'),
      reason: fc.constantFrom('', 'because'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      fault: fc.constantFrom<MemoryFault[]>('lost', 'answerLost', 'late', 'overtaken', 'unreachable'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('hand' as const), weight: fc.constantFrom(0, 10, 25, 60, 100) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('lose' as const, 'recover' as const),
      revision: fc.constantFrom('v1' as const, 'v2' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'dataPlaneRestarts' as const,
        'controllerRestarts' as const,
        'land' as const,
        'supersede' as const,
        'unreadableWorkload' as const,
      ),
    }),
  },
);

const manner = fc.record({
  rollback: fc.constantFrom('auto' as const, 'auto' as const, 'ask' as const, 'forbidden' as const),
  mode: fc.constantFrom('enforce' as const, 'enforce' as const, 'enforce' as const, 'advise' as const),
  onUnanswered: fc.constantFrom('hold' as const, 'rollback' as const),
  onLimit: fc.constantFrom('hold' as const, 'rollback' as const),
});

const bakeOf = ({ phase, plan }: Release): number => ('step' in phase ? (plan.steps[phase.step]?.bakeMs ?? 0) : 0);
const isPaused = ({ pauses }: Release): boolean => pauses.some(({ by }) => by === 'person');
const stepIn = ({ phase }: Release): number | null => ('step' in phase ? phase.step : null);
const allows = ({ orders, phase }: Release): boolean => {
  const order =
    orders.promoteFull ?? (orders.promote?.step === ('step' in phase ? phase.step : -1) ? orders.promote : null);
  return order !== null;
};
const allowsWithoutPass = ({ orders, phase }: Release): boolean => {
  const full = orders.promoteFull;
  const one = orders.promote?.step === ('step' in phase ? phase.step : -1) ? orders.promote : null;
  return ((full ?? one)?.reason ?? '') !== '';
};

/** What must hold between two stored states of a release, and for what was written to the world in between. */
function checkPass(passed: Passed, pass: Pass, written: readonly number[]): void {
  const { after, before, decision } = passed;
  const critical = pass.verdicts.find(({ rule }) => rule === 'error_rate');
  const rose = after.weight.desired > before.weight.desired;

  if (rose) {
    // S1
    expect(before.latch).toBeNull();
    expect(critical?.kind).not.toBe('breach');
    if (before.phase.phase !== 'preparing' && !allowsWithoutPass(before)) expect(critical?.kind).toBe('pass');
    if (!allowsWithoutPass(before)) expect(pass.sighted).toBe(true);
    expect(isPaused(before)).toBe(false);
    expect(after.plan.steps.map(({ weight }) => weight)).toContain(after.weight.desired);
    // no step skipped, no bake shortened
    expect(stepIn(after)).toBe((stepIn(before) ?? -1) + 1);
    if (before.phase.phase === 'baking' && !allows(before)) {
      expect(before.phase.bakedMs + pass.elapsedMs).toBeGreaterThanOrEqual(bakeOf(before));
    }
  }
  // S2: once latched, for ever, and in auto a breach is at 0 in the same pass.
  if (before.latch !== null) expect(after.latch).toEqual(before.latch);
  if (critical?.outcome === 'rollback' && decision !== null) expect(after.latch).not.toBeNull();
  // S3, S5: nothing is written above what was saved, nor what is no step of the plan.
  for (const weight of written) {
    expect(Number.isInteger(weight)).toBe(true);
    expect(weight).toBeLessThanOrEqual(
      Math.max(before.weight.desired, after.weight.desired, before.weight.applied ?? 0),
    );
  }
  // S6, S8: a bake grows by sighted, verified time only.
  if (after.phase.phase === 'baking' && before.phase.phase === 'baking' && after.phase.step === before.phase.step) {
    const grown = after.phase.bakedMs - before.phase.bakedMs;
    expect(grown).toBeLessThanOrEqual(pass.elapsedMs);
    if (!pass.sighted || pass.elapsedMs > 5 * intervalMs || isPaused(before)) expect(grown).toBe(0);
  }
  // S8: silence alone never convicts before blindMax.
  if (decision?.kind === 'rollback' && decision.reason === 'BlindTooLong') {
    expect(before.sight.blindMs + pass.elapsedMs).toBeGreaterThanOrEqual(before.plan.blindMaxMs);
  }
  // L2
  if (!isOver(after))
    expect(after.waiting !== null || rose || after.phase !== before.phase || decision?.kind !== 'hold').toBe(true);
}

interface Story {
  readonly run: ModelRun;
}

async function onePass(story: Story, pass: Pass): Promise<Passed> {
  const { run } = story;
  run.router.serve(400);
  const from = run.router.history.length;
  const passed = await run.pass(pass);
  const written = run.router.history.slice(from);
  checkPass(passed, pass, written);
  // S2: raised by nobody here after the latch was stored.
  if (passed.before.latch !== null && passed.route !== null) {
    for (const weight of written) expect(weight).toBeLessThanOrEqual(passed.route.canary);
  }
  // S2, S3: users are never split towards a backend that has no endpoint.
  const state = await run.router.observe();
  if (state.ok && state.value.canary > 0 && written.length > 0) expect(state.value.canaryReady).toBe(true);
  return passed;
}

async function tell(story: Story, each: Happening): Promise<void> {
  const { run } = story;
  switch (each.kind) {
    case 'pass':
      for (let n = 0; n < each.times; n += 1) {
        const verdicts = scenes[each.scene] ?? [];
        const elapsedMs = each.ticks * intervalMs;
        await onePass(story, {
          verdicts,
          sighted: each.sighted,
          elapsedMs,
          ...(each.dies === undefined ? {} : { dies: each.dies }),
        });
        if (n % 2 === 0 && each.scene === 'pass') await makeAllReady(run);
      }
      return;
    case 'order':
      return run.order({ kind: each.order, reason: each.reason });
    case 'fault':
      return run.router.inject(each.fault);
    case 'hand':
      // A route that no release works on is looked at by the next one.
      return isOver(run.release) ? undefined : run.router.interfere(each.weight);
    case 'lose':
      return loseAll(run, each.revision);
    case 'recover':
      return makeAllReady(run);
    case 'dataPlaneRestarts':
      return run.router.restart(run.nowMs);
    case 'controllerRestarts':
      return run.restart();
    case 'land':
      return run.router.land();
    case 'supersede':
      return run.supersede('v3');
    case 'unreadableWorkload':
      return run.workload.inject({ reason: 'Unreachable', message: 'no answer', retryable: true });
  }
}

async function makeAllReady(run: ModelRun): Promise<void> {
  const state = await run.workload.observe();
  if (!state.ok) return;
  for (const { revision, wanted } of state.value.revisions) if (wanted > 0) await run.workload.makeReady(revision);
}

async function loseAll(run: ModelRun, revision: string): Promise<void> {
  const state = await run.workload.observe();
  if (!state.ok) return;
  const instances = state.value.revisions.find((each) => each.revision === revision)?.instances ?? [];
  for (const { id } of instances) await run.workload.lose(revision, id, 'unready');
}

/** Faults are over, everybody does their part: the release must end, or say which person it waits for. */
async function calm(story: Story): Promise<Release> {
  const { run } = story;
  run.router.land();
  for (let n = 0; n < 40; n += 1) await Promise.all([run.router.observe(), run.workload.observe()]);
  for (let n = 0; n < 600 && !isOver(run.release); n += 1) {
    await makeAllReady(run);
    await onePass(story, { verdicts: scenes['pass']!, sighted: true, elapsedMs: n % 2 === 0 ? intervalMs : 0 });
  }
  return run.release;
}

/** Holds that only a person lifts. */
const forPeople = [
  'Paused',
  'InvestigationOpen',
  'WeightLowered',
  'LimitReached',
  'AwaitingOrder',
  'RollbackAwaitsOrder',
  'RollbackForbidden',
  'SupersedeForbidden',
];

describe('whatever happens, in whatever order', () => {
  it('S1 to S3, S5, S6, S8, S10, L1, L2 hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        manner,
        fc.array(happening, { minLength: 5, maxLength: 40 }),
        async ({ mode, ...words }, happenings) => {
          const run = await new ModelRun({ mode }).start();
          run.stored = JSON.stringify({ ...run.release, plan: { ...run.release.plan, ...words } });
          const story: Story = { run };
          for (const each of happenings) await tell(story, each);
          const wasBack = run.release.phase.phase === 'rollingBack';
          const ended = await calm(story);
          // L1: every rollback completes, at 0, whoever raised the weight meanwhile.
          if (wasBack) expect(['rolledBack', 'failed']).toContain(ended.phase.phase);
          if (ended.phase.phase === 'rolledBack' || ended.phase.phase === 'failed') {
            expect(await run.carried()).toBe(0);
            expect(await run.workload.observe()).toMatchObject({ value: { serving: { stable: 'v1', canary: null } } });
          }
          // S9: what is stable is what was judged.
          if (ended.phase.phase === 'succeeded')
            expect(await run.workload.observe()).toMatchObject({ value: { serving: { stable: 'v2' } } });
          // L2
          if (!isOver(ended)) expect(forPeople).toContain(ended.waiting?.reason);
        },
      ),
      { numRuns: Number(process.env["SAFETY_RUNS"] ?? 100) },
    );
  });
});
