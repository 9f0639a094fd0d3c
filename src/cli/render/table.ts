/** Columns side by side, as wide as their widest cell; what does not fit into the width goes by rank, then is cut. */
import { columnsOf } from './columns.ts';
import { fit } from './fit.ts';
import type { Paint, Tone } from './paint.ts';
import { shown } from './shown.ts';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => Cell;
  /** Where the width is short, columns of the highest rank are left out first; 0 always stays. */
  readonly rank: number;
  /** Width that is enough for it; what is longer is cut. Only of use for the last one. */
  readonly enough?: number;
}

export interface TableOptions {
  readonly width: number;
  readonly paint: Paint;
}

const gap = 2;

export const table = <T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  options: TableOptions,
): readonly string[] => {
  const shown = fitting(columns, rows, options.width);
  const widths = shown.map((column) => widthOf(column, rows));
  const line = (cells: readonly Cell[]): string => lineOf(cells, widths, options);
  return [
    line(shown.map(({ head }) => ({ text: head, tone: 'faint' }))),
    ...rows.map((row) => line(shown.map(({ cell }) => cell(row)))),
  ];
};

const widthOf = <T>({ head, cell }: Column<T>, rows: readonly T[]): number =>
  Math.max(head.length, ...rows.map((row) => columnsOf(shown(cell(row).text))));

const leastOf = <T>(column: Column<T>, rows: readonly T[]): number =>
  Math.min(widthOf(column, rows), column.enough ?? Number.POSITIVE_INFINITY);

const fitting = <T>(columns: readonly Column<T>[], rows: readonly T[], width: number): readonly Column<T>[] => {
  const needed = columns.reduce((sum, column) => sum + leastOf(column, rows) + gap, -gap);
  const worst = Math.max(...columns.map(({ rank }) => rank));
  if (needed <= width || worst === 0) return columns;
  return fitting(
    columns.filter(({ rank }) => rank < worst),
    rows,
    width,
  );
};

const lineOf = (cells: readonly Cell[], widths: readonly number[], { width, paint }: TableOptions): string => {
  let [at, line] = [0, ''];
  cells.forEach(({ text, tone = 'plain' }, index) => {
    const fitted = fit(text, Math.max(0, width - at));
    const isLast = cells.slice(index + 1).every((later) => later.text === '');
    const padding = isLast ? '' : ' '.repeat(Math.max(0, (widths[index] ?? 0) + gap - columnsOf(fitted)));
    line += paint(fitted, tone) + padding;
    at += columnsOf(fitted) + padding.length;
  });
  return line;
};
