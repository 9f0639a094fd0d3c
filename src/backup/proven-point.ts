/** Which ConfigMap is the rollback point that is asked for: one that the policy's status lists, and that is what it lists. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { Head } from './kubernetes-manifest.ts';
import { altered, none, unknownPoint, unlisted } from './point-problems.ts';
import type { PointList } from './point-status.ts';
import type { RollbackPoint } from './snapshots.ts';

export interface Found {
  readonly list: PointList;
  /** All that say to be points of the policy. */
  readonly heads: readonly Head[];
}

export interface Proven {
  readonly head: Head;
  readonly verified: NonNullable<Head['verified']>;
}

/** In the order of the list: newest first. */
export const provenHeads = ({ heads, list }: Found): readonly Proven[] =>
  list.points.flatMap(({ id }) =>
    heads.flatMap((head) => (head.verified?.point.id === id ? [{ head, verified: head.verified }] : [])),
  );

export const provenPoints = (found: Found): readonly RollbackPoint[] =>
  provenHeads(found).map(({ verified }) => verified.point);

/** `id` null: the newest that was taken, and no older one in its place. Fails with `NoRollbackPoint` or `BackupAltered`. */
export function provenPoint(id: string | null, found: Found): Result<Proven> {
  const { heads, list } = found;
  const entry = id === null ? list.points[0] : list.points.find((each) => each.id === id);
  const proven = provenHeads(found).find(({ verified }) => verified.point.id === entry?.id);
  if (proven !== undefined) return ok(proven);
  if (entry !== undefined) return failed(altered(entry, heads.find(({ name }) => name === entry.configMap) ?? null));
  const claiming = heads.find(({ claims }) => claims !== null && (id === null || claims === id));
  if (claiming !== undefined) return failed(unlisted(claiming));
  return failed(id === null ? none : unknownPoint(id, provenPoints(found)));
}
