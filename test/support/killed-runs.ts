/** A healthy release whose controller dies at ten moments, whatever splits the traffic: same end, no step skipped, no bake shortened. */
import { expect } from 'vitest';
import type { ReleaseView } from '../../src/report/release-view.ts';
import { eventually } from './eventually.ts';
import { bakingAt, ended } from './standing.ts';
import { timeAt } from './time-at.ts';
import type { World } from './world.ts';

type Moment = readonly [name: string, is: (view: ReleaseView) => boolean];

const bakedAt = (step: number, ms: number): Moment => [
  `${ms} ms baked at step ${step}`,
  (view) => bakingAt(step)(view) && (view.steps[step - 1]?.bakedMs ?? 0) >= ms,
];

const shiftingTo = (step: number): Moment => [
  `shifting to step ${step}`,
  (view) => (view.phase === 'shifting' && view.step === step) || (view.step ?? 0) >= step || past(view),
];

/** In the order in which they come; phases that are over within milliseconds may be met just after. */
const moments: readonly Moment[] = [
  ['preparing', () => true],
  shiftingTo(1),
  bakedAt(1, 0),
  bakedAt(1, 5_000),
  shiftingTo(2),
  bakedAt(2, 2_000),
  shiftingTo(3),
  bakedAt(3, 1_000),
  ['promoting', (view) => view.phase === 'promoting' || past(view)],
  ['watching', (view) => past(view)],
];

const past = ({ phase }: ReleaseView): boolean => phase === 'watching' || phase === 'succeeded';

/** `between`: done at each moment, before the controller dies; counts from 0. */
export async function killedAtTenMoments(
  world: World,
  between: (moment: number) => Promise<unknown> = async () => {},
): Promise<ReleaseView> {
  await world.start('v2');
  for (const [index, [name, is]] of moments.entries()) {
    await world.until(is).catch((cause: unknown) => {
      throw new Error(`never came to "${name}"`, { cause });
    });
    await between(index);
    await killAndRestart(world);
  }
  const done = await world.until(ended, 90_000);
  expect(done.phase).toBe('succeeded');
  expect(world.controller.gone).toHaveLength(moments.length);
  expect(world.weights()).toEqual([0, 25, 50, 100, 0]);
  for (const { weight, bakeMs } of done.steps) {
    expect(timeAt(weight, world.spans(), world.controller.gone), `time at ${weight} %`).toBeGreaterThanOrEqual(bakeMs);
  }
  expect(world.failed()).toBe(0);
  const takenOver = (await world.log()).filter(({ reason }) => reason === 'ControllerTookOver');
  // One that dies before its first save has taken over nothing.
  expect(takenOver.length).toBeGreaterThanOrEqual(moments.length / 2);
  return done;
}

/** Users are served on while nobody controls. */
async function killAndRestart(world: World): Promise<void> {
  await world.controller.kill();
  const before = world.users().sent;
  await eventually(() => world.users().sent > before, { withinMs: 10_000 });
  await world.controller.start();
}
