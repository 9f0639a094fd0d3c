/** Plots of the page as inline SVG: a release minute by minute, and all releases along the time. */
import { escapeHtml } from '../../lib/escape-html.ts';
import { spanText, utc } from './html-text.ts';
import type { Mark, Outcome, Row } from './row.ts';
import type { TollPoint } from './toll.ts';

const size = { width: 640, height: 180, left: 46, right: 10, top: 12, bottom: 24 } as const;

interface Scale {
  readonly x: (atMs: number) => number;
  readonly y: (share: number) => number;
}

/** Error rates of both arms, the limit, and when each rule set would have taken it back; `limit` null: none is drawn. */
export function releasePlot(row: Row, limit: number | null): string {
  const { points } = row;
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 2) return '';
  const rates = points
    .flatMap(({ canary, stable }) => [rateOf(canary), rateOf(stable)])
    .filter((rate) => rate !== null);
  const top = Math.max(...rates, (limit ?? 0) * 1.5, 0.0001);
  const scale = scaleOf({ fromMs: first.atMs, toMs: last.atMs, top });
  const name = `Failed requests of ${row.version}${row.stable === null ? '' : ` and of ${row.stable}`} over time`;
  return svg(name, [
    axes(row, { scale, top, toMs: last.atMs }),
    limit === null ? '' : horizontal(scale.y(limit), 'limit'),
    line(
      points.map(({ atMs, stable }) => [atMs, rateOf(stable)]),
      scale,
      'stable',
    ),
    line(
      points.map(({ atMs, canary }) => [atMs, rateOf(canary)]),
      scale,
      'canary',
    ),
    conviction(row.old, scale, { kind: 'old', y: 0 }),
    conviction(row.new, scale, { kind: 'new', y: 14 }),
  ]);
}

const rateOf = ({ events, bad }: TollPoint['canary']): number | null => (events === 0 ? null : bad / events);

function scaleOf({
  fromMs,
  toMs,
  top,
}: {
  readonly fromMs: number;
  readonly toMs: number;
  readonly top: number;
}): Scale {
  const [width, height] = [size.width - size.left - size.right, size.height - size.top - size.bottom];
  return {
    x: (atMs) => size.left + (width * (atMs - fromMs)) / Math.max(1, toMs - fromMs),
    y: (share) => size.top + height * (1 - share / top),
  };
}

const svg = (name: string, parts: readonly string[]): string =>
  `<div class="plot"><svg role="img" viewBox="0 0 ${size.width} ${size.height}" aria-label="${escapeHtml(name)}">${parts.join('')}</svg></div>`;

const at = (value: number): string => value.toFixed(1);

function axes(
  { startMs }: Row,
  { scale, top, toMs }: { readonly scale: Scale; readonly top: number; readonly toMs: number },
): string {
  const bottom = size.height - size.bottom;
  const ticks = [0, top / 2, top].map(
    (share) =>
      `<text class="tick" x="${size.left - 6}" y="${at(scale.y(share) + 4)}" text-anchor="end">${Number((100 * share).toPrecision(2))}%</text>`,
  );
  const stepMs = Math.max(300_000, Math.ceil((toMs - startMs) / 6 / 300_000) * 300_000);
  const times = Array.from(
    { length: 1 + Math.max(0, Math.floor((toMs - startMs) / stepMs)) },
    (_, i) => i * stepMs,
  ).map(
    (ms) =>
      `<text class="tick" x="${at(scale.x(startMs + ms))}" y="${size.height - 6}" text-anchor="middle">${ms === 0 ? '0' : spanText(ms)}</text>`,
  );
  return `<path class="axis" d="M${size.left} ${size.top}V${bottom}H${size.width - size.right}"/>${ticks.join('')}${times.join('')}`;
}

const horizontal = (y: number, kind: string): string =>
  `<path class="${kind}" d="M${size.left} ${at(y)}H${size.width - size.right}"/>`;

function line(points: readonly (readonly [number, number | null])[], { x, y }: Scale, kind: string): string {
  let path = '';
  let isPenDown = false;
  for (const [atMs, rate] of points) {
    if (rate !== null) path += `${isPenDown ? 'L' : 'M'}${at(x(atMs))} ${at(y(rate))}`;
    isPenDown = rate !== null;
  }
  return `<path class="${kind}" d="${path}"/>`;
}

function conviction(
  outcome: Outcome,
  { x }: Scale,
  { kind, y }: { readonly kind: 'old' | 'new'; readonly y: number },
): string {
  if (outcome.kind !== 'rolled back') return '';
  const place = x(outcome.atMs);
  const side = place > size.width * 0.7 ? 'end' : 'start';
  const label = `<text class="mark-${kind}" x="${at(place + (side === 'end' ? -4 : 4))}" y="${size.top + 10 + y}" text-anchor="${side}">${kind}: ${escapeHtml(outcome.rule)}</text>`;
  return `<path class="mark-${kind}" d="M${at(place)} ${size.top}V${size.height - size.bottom}"/>${label}`;
}

/** A shape for each mark, so that colour is not the only bearer of it. */
const shapes: Readonly<Record<Mark, (x: number, y: number) => string>> = {
  good: (x, y) => `<circle class="good" cx="${at(x)}" cy="${y}" r="4"/>`,
  caught: (x, y) => `<rect class="caught" x="${at(x - 5)}" y="${y - 5}" width="10" height="10"/>`,
  unseen: (x, y) => `<circle class="unseen" cx="${at(x)}" cy="${y}" r="5"/>`,
  missed: (x, y) =>
    `<path class="missed" d="M${at(x - 6)} ${y - 6}L${at(x + 6)} ${y + 6}M${at(x + 6)} ${y - 6}L${at(x - 6)} ${y + 6}"/>`,
  false: (x, y) => `<path class="false" d="M${at(x)} ${y - 7}L${at(x + 7)} ${y + 5}H${at(x - 7)}Z"/>`,
};

export const shapeOf = (mark: Mark): string =>
  `<svg class="shape" viewBox="0 0 18 18" aria-hidden="true">${shapes[mark](9, 9)}</svg>`;

/** All releases where they were in time. */
export function timeline(
  rows: readonly Row[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): string {
  const x = (ms: number): number => 12 + (616 * (ms - fromMs)) / Math.max(1, toMs - fromMs);
  const marks = rows.map(
    (row) =>
      `<g><title>${escapeHtml(`${row.version}: ${row.mark}, ${utc(row.startMs)} UTC`)}</title>${shapes[row.mark](x(row.startMs), 22)}</g>`,
  );
  const ends = `<text class="tick" x="12" y="50">${utc(fromMs)}</text><text class="tick" x="628" y="50" text-anchor="end">${utc(toMs)}</text>`;
  const axis = '<path class="axis" d="M12 34H628"/>';
  return `<div class="plot"><svg role="img" viewBox="0 0 640 56" aria-label="Releases along the time">${axis}${marks.join('')}${ends}</svg></div>`;
}
