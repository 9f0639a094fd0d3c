/** Which line of a chart is which, with its value where the cursor points, else its newest. */
import { useEffect, useState } from 'preact/hooks';
import { type ChartData, valuesAt } from './chart-data.ts';
import type { Cursor } from './cursor.ts';
import type { Line } from './plot-options.ts';

interface LegendProps {
  readonly lines: readonly Line[];
  readonly data: ChartData;
  readonly cursor: Cursor;
  readonly format: (value: number) => string;
}

export const Legend = ({ cursor, data, format, lines }: LegendProps) => {
  const [atMs, point] = useState(cursor.atMs);
  useEffect(() => cursor.listen(point), [cursor]);
  const values = valuesAt(data, atMs);
  return (
    <ul class="legend">
      {lines.map((line, at) => (
        <li key={line.label}>
          <Swatch line={line} />
          {line.label} <b>{textOf(values[at], format)}</b>
        </li>
      ))}
    </ul>
  );
};

const textOf = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? '-' : format(value);

const Swatch = ({ line }: { readonly line: Line }) => (
  <svg class="swatch" width="22" height="8" aria-hidden="true">
    <line
      x1="0"
      y1="4"
      x2="22"
      y2="4"
      stroke-width="2"
      stroke-dasharray={line.dash.join(' ')}
      style={{ stroke: `var(${line.colour})` }}
    />
  </svg>
);
