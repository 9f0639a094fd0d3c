/** The trail as a table, oldest first. */
import type { TrailEntry } from '../../release/trail.ts';
import { dayAndTime } from '../../report/format-value.ts';
import { type Column, type TableOptions, table } from './table.ts';

export const trailTable = (entries: readonly TrailEntry[], options: TableOptions): readonly string[] =>
  entries.length === 0 ? ['nothing is in the trail (yet)'] : table(columns, entries, options);

const columns: readonly Column<TrailEntry>[] = [
  { head: 'WHEN', cell: ({ atMs }) => ({ text: dayAndTime(atMs) }), rank: 0 },
  { head: 'WHO', cell: ({ who }) => ({ text: who, tone: who === 'sluice' ? 'faint' : 'plain' }), rank: 0 },
  { head: 'WHAT', cell: ({ what }) => ({ text: what }), rank: 0 },
  { head: 'ON', cell: ({ policy, release }) => ({ text: release ?? policy }), rank: 2 },
  { head: 'REVISION', cell: ({ revision }) => ({ text: revision ?? '' }), rank: 3 },
  { head: 'WHY', cell: ({ why }) => ({ text: why }), rank: 1 },
  { head: 'SAID', cell: ({ message }) => ({ text: message }), rank: 4, enough: 20 },
];
