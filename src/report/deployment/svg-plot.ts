/** A plot as SVG of its own: lines over time, marks for events, axes with words; no script, no colour that the sheet does not name. */
import { escaped } from './html-text.ts';

export interface PlotPoint {
  readonly atMs: number;
  /** null: nothing there; the line is broken. */
  readonly value: number | null;
}

export interface PlotLine {
  readonly name: string;
  /** Class in the sheet. */
  readonly look: 'canary' | 'stable' | 'limit' | 'desired' | 'applied' | 'observed';
  readonly points: readonly PlotPoint[];
  /** `step`: each holds until the next one. */
  readonly form: 'line' | 'step';
}

export interface PlotEvent {
  readonly atMs: number;
  readonly what: string;
  readonly look: 'event' | 'event back';
}

export interface Plot {
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly lines: readonly PlotLine[];
  readonly events: readonly PlotEvent[];
  /** Top of the axis at least. */
  readonly most: number;
  readonly words: (value: number) => string;
}

const [width, height, left, right, top, bottom] = [960, 190, 62, 12, 10, 24];

export const svgPlot = (plot: Plot): string => {
  const scale = scaleOf(plot);
  const lines = plot.lines.map(
    ({ form, look, points }) => `<path class="line ${look}" d="${pathOf(points, form, scale)}"/>`,
  );
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(plot.title)}">
${axes(plot, scale)}
${plot.events.map((event) => eventMark(event, scale)).join('')}
${lines.join('\n')}
</svg>${legend(plot.lines)}</figure>`;
};

/** Above the highest value. */
const headroom = 1.08;

interface Scale {
  readonly x: (atMs: number) => number;
  readonly y: (value: number) => number;
  readonly top: number;
}

function scaleOf({ fromMs, lines, most, toMs }: Plot): Scale {
  const values = lines.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []));
  const highest = values.reduce((a, b) => Math.max(a, b), most) * headroom || 1;
  const span = Math.max(1, toMs - fromMs);
  return {
    top: highest,
    x: (atMs) => tidy(left + (width - left - right) * Math.min(1, Math.max(0, (atMs - fromMs) / span))),
    y: (value) => tidy(height - bottom - (height - top - bottom) * Math.min(1, Math.max(0, value / highest))),
  };
}

const tidy = (value: number): number => Number(value.toFixed(1));

function pathOf(points: readonly PlotPoint[], form: PlotLine['form'], { x, y }: Scale): string {
  let isOpen = false;
  return points
    .map(({ atMs, value }) => {
      if (value === null) {
        isOpen = false;
        return '';
      }
      const to = form === 'step' && isOpen ? `H${x(atMs)}V${y(value)}` : `${isOpen ? 'L' : 'M'}${x(atMs)} ${y(value)}`;
      isOpen = true;
      return to;
    })
    .join('');
}

function axes({ fromMs, toMs, words }: Plot, scale: Scale): string {
  const levels = [0, 0.5, 1]
    .map((part) => (part * scale.top) / headroom)
    .map(
      (value) =>
        `<path class="axis" d="M${left} ${scale.y(value)}H${width - right}"/><text x="${left - 6}" y="${scale.y(value) + 4}" text-anchor="end">${escaped(words(value))}</text>`,
    );
  const times = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const atMs = fromMs + part * (toMs - fromMs);
    const anchor = part === 0 ? 'start' : part === 1 ? 'end' : 'middle';
    return `<text x="${scale.x(atMs)}" y="${height - 6}" text-anchor="${anchor}">${new Date(atMs).toISOString().slice(11, 19)}</text>`;
  });
  return [...levels, ...times].join('');
}

const eventMark = ({ atMs, look, what }: PlotEvent, { x }: Scale): string =>
  `<path class="${look}" d="M${x(atMs)} ${top}V${height - bottom}"><title>${escaped(what)}</title></path>`;

const legend = (lines: readonly PlotLine[]): string =>
  `<ul class="legend">${lines
    .map(
      ({ look, name }) =>
        `<li><svg viewBox="0 0 26 8" aria-hidden="true"><path class="line ${look}" d="M0 4H26"/></svg>${escaped(name)}</li>`,
    )
    .join('')}</ul>`;
