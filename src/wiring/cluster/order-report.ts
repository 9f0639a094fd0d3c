/** What a backup or a restore answers, as it stands in the status of its order: read by more people than may read what it is about. */
import { z } from 'zod';
import type { RestoreItem, RollbackPoint } from '../../backup/snapshots.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { RestoreReport } from '../../report/restore-report.ts';

/** Letters that the definition allows. */
export const longestReport = 65_536;

const point = z.strictObject({
  ...{ id: z.string(), revision: z.string(), checksum: z.string(), holds: z.string() },
  ...{ takenAtMs: z.number(), verifiedAtMs: z.number() },
});

const points = z.array(point);

const restored = z.strictObject({
  policy: z.string(),
  point,
  dryRun: z.boolean(),
  items: z.array(
    z.strictObject({
      name: z.string(),
      state: z.enum(['same', 'restore', 'overwrite', 'conflict', 'done']),
      diff: z.array(z.string()),
    }),
  ),
  remarks: z.array(z.string()),
  checklist: z.array(
    z.strictObject({ name: z.string(), state: z.enum(['passed', 'failed', 'unknown']), evidence: z.string() }),
  ),
  unsound: z.string().nullable(),
});

export const pointsText = (given: readonly RollbackPoint[]): string => JSON.stringify(given).slice(0, longestReport);

/** The same with less in it, where it is too long: without differences, then without what is the same, then without its parts. */
export function restoreText(report: RestoreReport): string {
  const told = { ...report, items: report.items.map(withoutValues) };
  const short = told.items.map((each) => ({ ...each, diff: each.diff.length === 0 ? [] : ['differs'] }));
  const differing = short.filter(({ state }) => state !== 'same');
  const bare = {
    ...told,
    items: [],
    remarks: [`too long for an order: ${differing.length} parts differ or came back`],
  };
  const all = [told, { ...told, items: short }, { ...told, items: differing }, bare].map((each) =>
    JSON.stringify(each),
  );
  return all.find((each) => each.length <= longestReport) ?? '';
}

/** Of what people configure only which keys differ, and of a pod's environment only where. */
function withoutValues(item: RestoreItem): RestoreItem {
  if (!item.name.startsWith('Deployment ')) return { ...item, diff: [...new Set(item.diff.map(keyOnly))] };
  return { ...item, diff: item.diff.map(withoutEnvironment) };
}

/** Nor where a whole container comes or goes, with its environment in it. */
const withoutEnvironment = (line: string): string =>
  line.replace(/^(\S+\.env\b\S*): .*$/s, '$1 changed').replace(/^(\S+): .*"env":.*$/s, '$1 changed');

const keyOnly = (line: string): string =>
  /^(is gone: comes back|\S+ (changed|goes|comes back)|type \S+ -> \S+)$/.test(line)
    ? line
    : `${/^\S+/.exec(line)?.[0] ?? ''} changed`;

const unreadable = (): Result<never> =>
  failed({
    reason: 'Unreadable',
    message: 'it was carried out, and its answer is not as this version writes it: use the version of the controller',
    retryable: false,
  });

export const readPoints = (text: string): Result<readonly RollbackPoint[]> => {
  const read = points.safeParse(jsonOf(text));
  return read.success ? ok(read.data) : unreadable();
};

export const readRestore = (text: string): Result<RestoreReport> => {
  const read = restored.safeParse(jsonOf(text));
  return read.success ? ok(read.data) : unreadable();
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
