/** Backups and restores that are ordered as objects: about no release, longer than other orders, and answered with a report. */
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import type { LogEntry } from '../../release/log.ts';
import type { OrderSpec } from '../../release/order-object-schema.ts';
import type { Controls } from '../../server/controls.ts';
import { type Caller, parseBackup, parseRestore } from '../../server/requests.ts';
import { pointsText, restoreText } from './order-report.ts';

export interface KeepingOrder {
  readonly uid: string;
  readonly spec: OrderSpec;
  /** When a controller before began it; left out, or null: none has. */
  readonly startedAt?: string | null;
}

export const isKeeping = ({ action }: Pick<OrderSpec, 'action'>): boolean =>
  action === 'backup' || action === 'restore';

/** The report for the order's status. What was begun and failed is told at once: a hook, or a disk, is not asked for a minute. */
export async function workKeeping(controls: Controls, order: KeepingOrder, caller: Caller): Promise<Result<string>> {
  const worked = await carriedOut(controls, order, caller);
  return worked.ok || notBegun.includes(worked.error.reason) ? worked : failed({ ...worked.error, retryable: false });
}

/** Nothing was done yet, and it is tried again while the order lives. */
const notBegun: readonly string[] = ['NotYetServed', 'RestoreUnderWay', 'Unavailable'];

async function carriedOut(controls: Controls, order: KeepingOrder, caller: Caller): Promise<Result<string>> {
  const { action, policy, dryRun = false, overwrite = [], reason = '', to = null } = order.spec;
  const before = await keptBefore(controls, order);
  if (!before.ok) return before;
  if (action === 'backup' && dryRun) {
    const points = await controls.backups(policy);
    return points.ok ? ok(pointsText(points.value)) : points;
  }
  if (action === 'backup') {
    const given = parseBackup({ reason }, caller);
    const taken = given.ok ? await controls.backup(policy, { ...given.value, order: order.uid }) : given;
    return taken.ok ? ok(pointsText([taken.value])) : taken;
  }
  const given = parseRestore({ reason, dryRun, overwrite, to }, caller);
  const done = given.ok ? await controls.restore(policy, { ...given.value, order: order.uid }) : given;
  return done.ok ? ok(restoreText(done.value)) : done;
}

/** Fails where a controller before carried it out, or was in the middle of it: what it found is in the log, or nothing tells. */
export async function keptBefore(
  controls: Controls,
  { spec, startedAt = null, uid }: KeepingOrder,
): Promise<Result<null>> {
  const newest = await controls.releases({ policy: spec.policy, limit: fewReleases });
  if (!newest.ok) return newest;
  let last: Found | undefined;
  for (const { id } of newest.value) {
    const log = await controls.log(id, lastLines);
    if (!log.ok) return log;
    const entry = log.value.findLast(({ data }) => data['order'] === uid);
    if (entry !== undefined && entry.atMs > (last?.entry.atMs ?? 0)) last = { entry, release: id };
  }
  if (last === undefined && startedAt !== null && spec.dryRun !== true) return failed(endUnknown(startedAt));
  // What failed may be ordered again, and goes on where it stopped.
  return last === undefined || last.entry.reason === 'RestoreFailed'
    ? ok(null)
    : failed(lost(last.entry, last.release));
}

interface Found {
  readonly entry: LogEntry;
  readonly release: string;
}

const lastLines = 200;

/** What came back may have begun a release of its own since. */
const fewReleases = 3;

/** A controller began, or carried out, what was ordered, and ended before it answered. */
export const answerLost = 'AnswerLost';

const endUnknown = (startedAt: string): Problem => ({
  reason: answerLost,
  message: `a controller began it at ${startedAt} and ended before it could answer, and no log tells how far it came: look with \`restore --dry-run\` or \`backup --list\`, and order it anew`,
  retryable: false,
});

const lost = ({ message, reason }: LogEntry, release: string): Problem => ({
  reason: answerLost,
  message:
    reason === 'RestoreBegun'
      ? `a controller began it and ended (${message}): it goes on by itself if anything was written, and the log of ${release} tells how it ends then; else look with \`restore --dry-run\`, and order it anew`
      : `a controller carried it out and ended before it could answer (${message}): look with \`restore --dry-run\`, and at the log of ${release}`,
  retryable: false,
});
