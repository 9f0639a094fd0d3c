/** The canary's weight over time: what was decided, what the router has, and the share that users got. */

import type { ReleaseChart } from '../report/chart/release-chart.ts';
import { timeOfDay, valueText } from '../report/format-value.ts';
import type { WeightView } from '../report/release-view.ts';
import { spanOf, weightData } from './chart-data.ts';
import type { Cursor } from './cursor.ts';
import { Plot } from './plot.tsx';
import type { Line } from './plot-options.ts';

interface WeightChartProps {
  readonly chart: ReleaseChart;
  readonly weight: WeightView;
  /** Until when it is drawn, epoch ms. */
  readonly untilMs: number;
  readonly cursor: Cursor;
}

const lines: readonly Line[] = [
  { label: 'desired', colour: '--desired', dash: [6, 3], shape: 'steps' },
  { label: 'applied', colour: '--applied', dash: [], shape: 'area' },
  { label: 'observed', colour: '--observed', dash: [2, 3], shape: 'area' },
];

export const WeightChart = ({ chart, cursor, untilMs, weight }: WeightChartProps) => (
  <section class="card wide" aria-labelledby="weight-title">
    <h2 id="weight-title">Weight of the canary</h2>
    <Plot
      label={`Weight over time. Now: desired ${weight.desired} %, applied ${said(weight.applied)}, observed ${said(weight.observedPercent)}.`}
      data={weightData(chart.weight, untilMs)}
      lines={lines}
      span={spanOf(chart.startedAtMs, untilMs)}
      top={104}
      height={170}
      format={(value) => valueText(value / 100, 'ratio')}
      cursor={cursor}
    />
    {chart.weight.promotedAtMs === null ? null : (
      <p class="muted">
        Promoted at {timeOfDay(chart.weight.promotedAtMs)}: from then on it is stable and serves everybody, and no
        canary has any weight.
      </p>
    )}
  </section>
);

const said = (value: number | null): string => (value === null ? 'not known' : valueText(value / 100, 'ratio'));
