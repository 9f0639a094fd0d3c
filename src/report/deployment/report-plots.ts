/** The plots of a report: the weight as decided, applied and seen, and each rule against its threshold, over the same time. */
import type { AfterPromotion } from '../after/after-promotion.ts';
import { withGaps } from '../after/with-gaps.ts';
import type { RuleChart } from '../chart/release-chart.ts';
import type { WeightPoint } from '../chart/weight-chart.ts';
import { valueText } from '../format-value.ts';
import type { DeploymentReport } from './deployment-report.ts';
import { escaped } from './html-text.ts';
import { type Plot, type PlotEvent, type PlotLine, type PlotPoint, svgPlot } from './svg-plot.ts';

export const reportPlots = (report: DeploymentReport): string =>
  [
    weightPlot(report),
    ...report.chart.rules.filter(({ atMs }) => atMs.length > 0).map((rule) => rulePlot(rule, report)),
  ]
    .map((plot) => `<h3>${escaped(plot.title)}</h3>${svgPlot(plot)}`)
    .join('\n');

/** Over the time after the promotion, which is long beside the release. */
export const afterPlots = ({ promotedAtMs, rules, untilMs }: AfterPromotion): string =>
  rules
    .map((trend): Plot => {
      const { limit, limitWords, rule, unit } = trend;
      const { atMs, value } = withGaps(trend);
      const points = atMs.map((at, index): PlotPoint => ({ atMs: at, value: value[index] ?? null }));
      const ends = [promotedAtMs, untilMs].map((at): PlotPoint => ({ atMs: at, value: limit }));
      return {
        title: `${rule} after the promotion, limit ${limitWords}`,
        ...{ fromMs: promotedAtMs, toMs: untilMs, events: [], most: 0, words: (each) => valueText(each, unit) },
        lines: [
          { name: 'promoted revision', look: 'canary', form: 'line', points },
          { name: 'limit', look: 'limit', form: 'line', points: ends },
        ],
      };
    })
    .map((plot) => `<h3>${escaped(plot.title)}</h3>${svgPlot(plot)}`)
    .join('\n');

const endOf = ({ durationMs, startedAtMs }: DeploymentReport): number => startedAtMs + durationMs;

const weightPlot = (report: DeploymentReport): Plot => {
  const { weight } = report.chart;
  const held = (name: string, look: PlotLine['look'], points: readonly WeightPoint[]): PlotLine => ({
    name,
    look,
    form: 'step',
    points: until(points.map(valued), endOf(report)),
  });
  return {
    title: 'Weight of the canary',
    ...spanOf(report),
    most: 100,
    words: (value) => `${Math.round(value)} %`,
    lines: [
      held('desired', 'desired', weight.desired),
      held('applied', 'applied', weight.applied),
      { name: 'observed', look: 'observed', form: 'line', points: weight.observed.map(valued) },
    ],
  };
};

const valued = ({ atMs, percent }: WeightPoint): PlotPoint => ({ atMs, value: percent });

/** What held last, held until the end. */
const until = (points: readonly PlotPoint[], toMs: number): readonly PlotPoint[] => {
  const last = points.at(-1);
  return last === undefined || last.atMs >= toMs ? points : [...points, { ...last, atMs: toMs }];
};

const rulePlot = (rule: RuleChart, report: DeploymentReport): Plot => {
  const column = (name: string, look: PlotLine['look'], values: readonly (number | null)[]): PlotLine => ({
    name,
    look,
    form: 'line',
    points: rule.atMs.map((atMs, at) => ({ atMs, value: values[at] ?? null })),
  });
  return {
    title: `${rule.rule} (${rule.alert}), limit ${rule.limitWords}`,
    ...spanOf(report),
    most: 0,
    words: (value) => valueText(value, rule.unit),
    lines: [
      column('canary', 'canary', rule.canary),
      column('stable', 'stable', rule.stable),
      column('limit', 'limit', rule.limit),
    ],
  };
};

const spanOf = (report: DeploymentReport): Pick<Plot, 'fromMs' | 'toMs' | 'events'> => ({
  fromMs: report.startedAtMs,
  toMs: endOf(report),
  events: eventsOf(report),
});

/** More of them nobody could tell apart. */
const mostEvents = 60;

const eventsOf = ({ decisions }: DeploymentReport): readonly PlotEvent[] =>
  decisions
    .filter(({ data, kind }) => kind === 'action' || data['decision'] !== 'hold')
    .slice(-mostEvents)
    .map(({ atMs, data, message, reason }) => ({
      atMs,
      what: `${reason}: ${message}`,
      look: data['decision'] === 'rollback' ? 'event back' : 'event',
    }));
