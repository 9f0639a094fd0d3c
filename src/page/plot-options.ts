/** How a chart is drawn: its lines told apart by their pattern as well as their colour, in the colours of the theme. */
import uPlot from 'uplot';
import type { Span } from './chart-data.ts';

export interface Line {
  readonly label: string;
  /** Name of a custom property of the style sheet. */
  readonly colour: string;
  readonly dash: readonly number[];
  readonly shape: 'line' | 'steps' | 'area';
}

export interface PlotOptions {
  readonly lines: readonly Line[];
  readonly span: Span;
  /** Of the y axis, from 0. */
  readonly top: number;
  readonly format: (value: number) => string;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** `host`: where it stands, for its colours. */
export const plotOptions = (
  { format, lines, span, top }: PlotOptions,
  host: HTMLElement,
  size: Size,
): uPlot.Options => {
  const ink = resolved(host, '--muted');
  const grid = { stroke: resolved(host, '--line'), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid, font: '11px system-ui, sans-serif' };
  return {
    ...size,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 6 } },
    scales: { x: { range: [span.from, span.to] }, y: { range: [0, top] } },
    axes: [
      { ...axis, size: 30, space: 70, values: timesOfDay },
      { ...axis, size: 58, space: 24, values: (_plot, ticks) => ticks.map(format) },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, resolved(host, line.colour)))],
  };
};

const timesOfDay: uPlot.Axis.Values = (_plot, ticks) =>
  ticks.map((tick) => new Date(tick * 1_000).toLocaleTimeString([], { hour12: false }));

const seriesOf = ({ dash, label, shape }: Line, colour: string): uPlot.Series => {
  const steps = shape === 'line' ? {} : { paths: uPlot.paths.stepped?.({ align: 1 }) };
  return {
    label,
    stroke: colour,
    width: 2,
    dash: [...dash],
    points: { show: false },
    ...(shape === 'area' ? { fill: translucent(colour) } : {}),
    ...(steps.paths === undefined ? {} : { paths: steps.paths }),
  };
};

/** A canvas knows no custom properties: what one comes to here and now. */
const resolved = (host: HTMLElement, property: string): string => {
  const probe = document.createElement('i');
  probe.style.color = `var(${property})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

const translucent = (colour: string): string => colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.12)');
