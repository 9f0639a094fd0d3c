/** Whether anything can stand by in the watch: instances that Sluice starts and ends can, and no others. */
import { isMap } from '../lib/config-file/sound-parts.ts';

/** null: it can, or nothing is said of it. */
export function standbyProblem(target: unknown, plan: unknown): string | null {
  if (!isMap(plan) || plan['standby'] === undefined || !isMap(target)) return null;
  const found = ['endpoints', 'hosts'].find((word) => word in target);
  return found === undefined
    ? null
    : `nothing can stand by where target names ${found}: Sluice starts and ends no instance besides those; leave it out`;
}
