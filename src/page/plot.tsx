/** One chart: drawn by uPlot as wide as its place, with a legend in words and the cursor that it shares with the others. */
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { ChartData } from './chart-data.ts';
import type { Cursor } from './cursor.ts';
import { Legend } from './legend.tsx';
import { type PlotOptions, plotOptions } from './plot-options.ts';
import { themeChanged } from './theme.ts';

export interface PlotProps extends PlotOptions {
  /** For those who can't see it: what it shows, and its newest values. */
  readonly label: string;
  readonly data: ChartData;
  readonly cursor: Cursor;
  readonly height: number;
}

export const Plot = (props: PlotProps) => {
  const host = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot | null>(null);
  const [style, restyle] = useState(0);
  useEffect(() => onRestyle(() => restyle((before) => before + 1)), []);
  const { lines, span, top, data, cursor, height } = props;
  const shape = `${style} ${height} ${lines.map(({ label }) => label).join()}`;
  useEffect(() => {
    if (host.current === null) return undefined;
    const plot = draw(host.current, props);
    drawn.current = plot;
    const end = shareCursor(plot, cursor);
    const sized = fit(host.current, plot);
    return () => {
      sized();
      end();
      plot.destroy();
      drawn.current = null;
    };
  }, [shape]);
  useEffect(() => {
    drawn.current?.batch(() => {
      drawn.current?.setData(data as uPlot.AlignedData, false);
      drawn.current?.setScale('x', { min: span.from, max: span.to });
      drawn.current?.setScale('y', { min: 0, max: top });
    });
    // A chart that was made anew has neither yet.
  }, [shape, data, span.from, span.to, top]);
  return (
    <div class="plot">
      <div ref={host} role="img" aria-label={props.label} style={{ height: `${height}px` }} />
      <Legend lines={lines} data={data} cursor={cursor} format={props.format} />
    </div>
  );
};

const draw = (host: HTMLElement, props: PlotProps): uPlot => {
  const size = { width: host.clientWidth, height: props.height };
  const options = plotOptions(props, host, size);
  // Ranges are set with the data: a chart must not jump to what it was made with.
  return new uPlot(
    { ...options, scales: { x: { time: true, auto: false }, y: { auto: false } } },
    props.data as uPlot.AlignedData,
    host,
  );
};

const fit = (host: HTMLElement, plot: uPlot): (() => void) => {
  const observer = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: plot.height }));
  observer.observe(host);
  return () => observer.disconnect();
};

const shareCursor = (plot: uPlot, cursor: Cursor): (() => void) => {
  const point = ({ clientX }: PointerEvent): void =>
    cursor.point(1_000 * plot.posToVal(clientX - plot.over.getBoundingClientRect().left, 'x'));
  const leave = (): void => cursor.point(null);
  plot.over.addEventListener('pointermove', point);
  plot.over.addEventListener('pointerleave', leave);
  const end = cursor.listen((atMs) => {
    const left = atMs === null ? -10 : plot.valToPos(atMs / 1_000, 'x');
    plot.setCursor({ left, top: atMs === null ? -10 : 1 }, false);
  });
  return end;
};

const onRestyle = (restyle: () => void): (() => void) => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', restyle);
  document.addEventListener(themeChanged, restyle);
  return () => {
    dark.removeEventListener('change', restyle);
    document.removeEventListener(themeChanged, restyle);
  };
};
