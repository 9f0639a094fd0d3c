/** What may happen to a release and its world, at random: mostly passes that go well, or it would never get anywhere. */
import fc from 'fast-check';
import type { CommandKind } from '../../src/release/command.ts';
import { isOver } from '../../src/release/phase.ts';
import type { MemoryFault } from '../../src/router/memory.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';
import { aVerdict, breach } from './a-release.ts';
import { intervalMs, type ModelRun, type Pass } from './model-run.ts';
import { checkedPass } from './oracle.ts';

const warningFine = aVerdict({ rule: 'response_time_p95', alert: 'warning' });

export const scenes: Readonly<Record<string, readonly Verdict[]>> = {
  pass: [aVerdict(), warningFine],
  inconclusive: [aVerdict({ kind: 'inconclusive', reason: 'TooFewEvents' }), warningFine],
  silent: [],
  suspect: [aVerdict({ kind: 'suspect', outcome: 'hold', reason: 'EvidenceRising' }), warningFine],
  environment: [breach({ outcome: 'hold', reason: 'EnvironmentBad' }), warningFine],
  warning: [aVerdict(), breach({ rule: 'response_time_p95', alert: 'warning' })],
  breach: [breach(), warningFine],
};

export type Happening =
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

export const happening: fc.Arbitrary<Happening> = fc.oneof(
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

/** How a policy wants it. */
export const manner = fc.record({
  rollback: fc.constantFrom('auto' as const, 'auto' as const, 'ask' as const, 'forbidden' as const),
  mode: fc.constantFrom('enforce' as const, 'enforce' as const, 'enforce' as const, 'advise' as const),
  onUnanswered: fc.constantFrom('hold' as const, 'rollback' as const),
  onLimit: fc.constantFrom('hold' as const, 'rollback' as const),
});

/** Lets it happen; every pass in it is checked. */
export async function happens(run: ModelRun, each: Happening): Promise<void> {
  switch (each.kind) {
    case 'pass':
      for (let n = 0; n < each.times; n += 1) {
        const verdicts = scenes[each.scene] ?? [];
        const elapsedMs = each.ticks * intervalMs;
        await checkedPass(run, {
          verdicts,
          sighted: each.sighted,
          elapsedMs,
          ...(each.dies === undefined ? {} : { dies: each.dies }),
        });
        if (n % 2 === 0 && each.scene === 'pass') await run.makeReady();
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
      return run.loseAll(each.revision);
    case 'recover':
      return run.makeReady();
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
