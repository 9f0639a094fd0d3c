/** The safety properties, as checks between two stored states of a release and the writes between them. */
import { expect } from 'vitest';
import { isOver } from '../../src/release/phase.ts';
import type { Release } from '../../src/release/release.ts';
import { intervalMs, type ModelRun, type Pass, type Passed } from './model-run.ts';

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

/** One pass with its requests, checked against the properties of `src/release/README.md`. */
export async function checkedPass(run: ModelRun, pass: Pass): Promise<void> {
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
}
