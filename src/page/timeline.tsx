/** The decision log, newest first, pointing at the same moment as the charts. */
import { useEffect, useState } from 'preact/hooks';
import type { LogEntry } from '../release/log.ts';
import { timeOfDay } from '../report/format-value.ts';
import type { Cursor } from './cursor.ts';

const shownAtFirst = 40;

const signs: Readonly<Record<LogEntry['kind'], string>> = { decision: '◆', write: '✎', event: '·', action: '☞' };

export const Timeline = ({ cursor, log }: { readonly log: readonly LogEntry[]; readonly cursor: Cursor }) => {
  const [atMs, point] = useState(cursor.atMs);
  const [extent, show] = useState<'newest' | 'all'>('newest');
  useEffect(() => cursor.listen(point), [cursor]);
  const pointed = atMs === null ? -1 : log.findLastIndex((entry) => entry.atMs <= atMs);
  const from = extent === 'all' ? 0 : Math.max(0, log.length - shownAtFirst);
  const shown = log
    .map((entry, at) => ({ entry, at }))
    .slice(from)
    .reverse();
  return (
    <section class="card" aria-labelledby="log-title">
      <h2 id="log-title">Decision log</h2>
      <ol class="log">
        {shown.map(({ at, entry }) => (
          <Line key={at} entry={entry} cursor={cursor} isPointed={at === pointed} />
        ))}
      </ol>
      {from === 0 ? null : (
        <button type="button" onClick={() => show('all')}>
          Show all {log.length} entries
        </button>
      )}
    </section>
  );
};

interface LineProps {
  readonly entry: LogEntry;
  readonly cursor: Cursor;
  readonly isPointed: boolean;
}

const Line = ({ cursor, entry: { atMs, kind, message, reason }, isPointed }: LineProps) => (
  <li class={isPointed ? `${kind} pointed` : kind}>
    <button
      type="button"
      class="time"
      title="Point at this moment in the charts"
      onClick={() => cursor.point(atMs)}
      onFocus={() => cursor.point(atMs)}
      onBlur={() => cursor.point(null)}
      onPointerEnter={() => cursor.point(atMs)}
      onPointerLeave={() => cursor.point(null)}
    >
      {timeOfDay(atMs)}
    </button>
    <span class="kind">
      <span aria-hidden="true">{signs[kind]} </span>
      <span class="unseen">{kind}: </span>
      {reason}
    </span>
    <span class="message">{message}</span>
  </li>
);
