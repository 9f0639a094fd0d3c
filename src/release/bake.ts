/** How much of a step's bake is left, and whether the step's look at the evidence is due. */
import type { Release } from './release.ts';

/** What was missed in an outage is looked at for this long again, or for the step's whole bake where that is shorter. */
export const afterOutageMs = 300_000;

/** Sighted, verified time that the step still needs; null: no bake is under way. */
export function bakeLeftMs({ phase, plan, sight }: Release): number | null {
  if (phase.phase !== 'baking') return null;
  const bakeMs = plan.steps[phase.step]?.bakeMs ?? 0;
  return Math.max(0, bakeMs - phase.bakedMs, sight.oweMs);
}

/** The bake was served, or a person ended it: the `compatible` look is due, and the gate may let the release go on. */
export const bakeEnded = (release: Release): boolean =>
  release.phase.phase === 'baking' && (bakeLeftMs(release) === 0 || promoteOrder(release) !== null);

/** The person's order that ends the present step's bake: for this step, or for all of them. */
export function promoteOrder({ phase, orders }: Release): Release['orders']['promote'] {
  if (orders.promoteFull !== null) return orders.promoteFull;
  const step = 'step' in phase ? phase.step : -1;
  return orders.promote?.step === step ? orders.promote : null;
}
