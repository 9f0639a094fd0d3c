/** What a ReleasePolicy's status says of its rollback points: only the controller writes there, so that what stands there was its own work. */
import { z } from 'zod';

/** A point that was written and read back; the newest come first. */
const listed = z.object({
  id: z.string().min(1).max(253),
  configMap: z.string().min(1).max(253),
  /** Of the ConfigMap: one that took its place is another one. */
  uid: z.string().min(1).max(63),
  checksum: z.string().max(64).meta({ description: 'SHA-256 of its manifest, which has those of all copies.' }),
  after: z.string().max(64).optional().meta({ description: 'SHA-256 of the note of how its release left everything.' }),
});

/** A restore under way, or one that got stuck. */
const ordered = z.object({
  point: z.string().min(1).max(253),
  overwrite: z.array(z.string().max(300)).max(200),
});

export const rollbackPoints = z.array(listed).max(20).optional();

export const restoreUnderWay = ordered.optional();

export type ListedPoint = z.output<typeof listed>;

export interface PointList {
  readonly points: readonly ListedPoint[];
  /** null: nothing is restored. */
  readonly restore: z.output<typeof ordered> | null;
}

const status = z.looseObject({ rollbackPoints, restore: restoreUnderWay });

/** null: nobody can read it. */
export function pointListOf(value: unknown): PointList | null {
  const { rollbackPoints: points = [], restore = null } = status.safeParse(value ?? {}).data ?? {};
  return status.safeParse(value ?? {}).success ? { points, restore } : null;
}
