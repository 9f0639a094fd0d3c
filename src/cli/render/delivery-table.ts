/** Deliveries as a table, newest first. */
import { dayAndTime } from '../../report/format-value.ts';
import type { ShownDelivery } from '../../report/records-view.ts';
import { type Column, type TableOptions, table } from './table.ts';

export const deliveryTable = (deliveries: readonly ShownDelivery[], options: TableOptions): readonly string[] =>
  deliveries.length === 0 ? ['nothing was sent (yet)'] : table(columns, deliveries, options);

const tones = { trying: 'warn', sent: 'good', failed: 'bad', dropped: 'bad' } as const;

const columns: readonly Column<ShownDelivery>[] = [
  { head: 'WHEN', cell: ({ atMs }) => ({ text: dayAndTime(atMs) }), rank: 0 },
  { head: 'TARGET', cell: ({ service, target }) => ({ text: `${target} (${service})` }), rank: 1 },
  { head: 'RESULT', cell: ({ outcome }) => ({ text: outcome, tone: tones[outcome] }), rank: 0 },
  { head: 'TRIES', cell: ({ attempts }) => ({ text: String(attempts) }), rank: 2 },
  { head: 'TOOK', cell: ({ atMs, triedAtMs }) => ({ text: seconds(triedAtMs - atMs) }), rank: 4 },
  { head: 'URGENCY', cell: ({ urgency }) => ({ text: urgency }), rank: 3 },
  { head: 'RELEASE', cell: ({ policy, releases }) => ({ text: releases.join(' ') || policy }), rank: 1 },
  { head: 'WHAT', cell: ({ reason }) => ({ text: reason }), rank: 0 },
  { head: 'WHY', cell: ({ why }) => ({ text: why }), rank: 5, enough: 20 },
];

const seconds = (ms: number): string => `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
