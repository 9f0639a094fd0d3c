/** Times, spans and shares as the page writes them. */
import { formatDuration } from '../../lib/duration.ts';
import type { Counts } from '../../metrics/reading.ts';

/** To the minute, UTC: the page is read anywhere. */
export const utc = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');

/** To the minute; below that to the second. */
export const spanText = (ms: number): string =>
  formatDuration(Math.abs(ms) < 60_000 ? Math.round(ms / 1000) * 1000 : Math.round(ms / 60_000) * 60_000);

export const shareText = ({ events, bad }: Counts): string =>
  events === 0 ? 'no requests' : `${Number(((100 * bad) / events).toPrecision(2))} %`;
