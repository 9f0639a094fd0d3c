/** Releases as a table: what needs a person first, then what runs, then what has ended. */
import { nextMoveText } from '../../report/next-move.ts';
import type { ReleaseView } from '../../report/release-view.ts';
import { type Cell, type Column, type TableOptions, table } from './table.ts';

export const releaseTable = (views: readonly ReleaseView[], options: TableOptions): readonly string[] =>
  views.length === 0 ? [noReleases] : table(columns, inOrder(views), options);

const noReleases =
  'no releases yet; begin one with `sluice start POLICY --revision NAME --command LINE`, or in a cluster by changing the Deployment of a policy';

const columns: readonly Column<ReleaseView>[] = [
  { head: 'RELEASE', cell: ({ id }) => ({ text: id }), rank: 0 },
  { head: 'POLICY', cell: ({ policy }) => ({ text: policy }), rank: 1 },
  { head: 'REVISION', cell: ({ revision }) => ({ text: revision }), rank: 0 },
  { head: 'PHASE', cell: phaseCell, rank: 0 },
  { head: 'STEP', cell: ({ step, steps }) => ({ text: step === null ? '-' : `${step}/${steps.length}` }), rank: 3 },
  { head: 'WEIGHT', cell: ({ weight }) => ({ text: `${weight.applied ?? weight.desired} %` }), rank: 0 },
  { head: 'NEXT', cell: nextCell, rank: 2, enough: 20 },
];

function phaseCell(view: ReleaseView): Cell {
  if (view.phase === 'rolledBack' || view.phase === 'failed' || view.phase === 'rollingBack')
    return { text: view.phase, tone: 'bad' };
  return view.result === 'succeeded' ? { text: view.phase, tone: 'good' } : { text: view.phase };
}

function nextCell(view: ReleaseView): Cell {
  if (view.attention !== null) return { text: `needs a person: ${view.attention.message}`, tone: 'care' };
  return { text: view.cause?.message ?? nextMoveText(view.next) };
}

const rankOf = (view: ReleaseView): number => (view.attention !== null ? 0 : view.ended ? 2 : 1);

const inOrder = (views: readonly ReleaseView[]): readonly ReleaseView[] =>
  views.toSorted((a, b) => rankOf(a) - rankOf(b) || b.times.startedAtMs - a.times.startedAtMs);
