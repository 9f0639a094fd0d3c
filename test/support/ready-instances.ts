/** How many instances are ready, and at which weights they were. */
import { eventually } from './eventually.ts';
import type { World } from './world.ts';

export const readyOf = (world: World, revision: string): number =>
  world.instances(revision).filter(({ ready }) => ready).length;

/** What each look saw: the weight first, and then how many instances carried it. */
export async function watchSizes(world: World, over: { readonly isOver: boolean }) {
  const seen: { readonly weight: number; readonly ready: number }[] = [];
  await eventually(
    () => {
      const weight = world.spans().at(-1)?.canary ?? 0;
      seen.push({ weight, ready: readyOf(world, 'v2') });
      return over.isOver;
    },
    { withinMs: 150_000, everyMs: 50 },
  );
  return seen;
}
