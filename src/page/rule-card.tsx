/** One rule: its chart, its verdict in words, and how far it is from a decision. */
import type { RuleChart } from '../report/chart/release-chart.ts';
import { eventsText, tookText, valueText } from '../report/format-value.ts';
import type { RuleView } from '../report/rule-view.ts';
import { Badge } from './badge.tsx';
import { ruleData, type Span, topOf } from './chart-data.ts';
import type { Cursor } from './cursor.ts';
import { Numbers } from './numbers.tsx';
import { Plot } from './plot.tsx';
import type { Line } from './plot-options.ts';
import { distanceText, paceOf } from './rule-distance.ts';
import { verdictTone } from './tones.ts';

interface RuleCardProps {
  readonly rule: RuleView;
  /** Of its release: nothing that comes now would change anything. */
  readonly ended: boolean;
  readonly chart: RuleChart | null;
  readonly span: Span;
  readonly cursor: Cursor;
}

export const RuleCard = ({ chart, cursor, ended, rule, span }: RuleCardProps) => (
  <section class="card rule" aria-label={`Rule ${rule.name}`}>
    <header>
      <h3>{rule.name}</h3>
      <Badge tone={verdictTone(rule)}>{rule.verdict ?? 'no verdict now'}</Badge>
      <span class="muted">
        {rule.alert}
        {rule.advisory ? ', moves nothing' : ''}
      </span>
    </header>
    {chart === null || rule.unit === 'alert' ? null : (
      <RulePlot rule={rule} chart={chart} span={span} cursor={cursor} />
    )}
    <Numbers rows={numbersOf(rule)} />
    <p>
      {rule.verdict === null && chart !== null && chart.atMs.length > 0
        ? 'not judged any more: the chart shows what it saw'
        : rule.message}
    </p>
    <Evidence rule={rule} ended={ended} chart={chart} />
    <p class="muted small">
      {rule.at}
      {/^https?:/.test(rule.runbook) ? (
        <>
          {' · '}
          <a href={rule.runbook} rel="noreferrer noopener" target="_blank">
            runbook
          </a>
        </>
      ) : null}
    </p>
  </section>
);

const numbersOf = (rule: RuleView) =>
  [
    ['canary', valueText(rule.canary, rule.unit)],
    ['stable', valueText(rule.stable, rule.unit)],
    ['limit', rule.limitWords],
    ['events', eventsText(rule)],
  ] as const;

/** Towards a conviction: how much is there, and what is still missing. */
const Evidence = ({ chart, ended, rule }: Pick<RuleCardProps, 'chart' | 'ended' | 'rule'>) => {
  const pace = chart === null ? { perSecond: null } : paceOf(chart.atMs, chart.events);
  const distance = ended && rule.verdict !== 'breach' ? '' : distanceText(rule, pace);
  return (
    <div class="evidence">
      <label>
        <span>Evidence against the canary</span>
        <meter min={0} max={1} value={rule.evidence} optimum={0} low={0.5} high={0.9} />
        <span>{Math.round(100 * rule.evidence)} %</span>
      </label>
      {distance === '' ? null : <p>{distance}</p>}
    </div>
  );
};

const lines: readonly Line[] = [
  { label: 'canary', colour: '--canary', dash: [], shape: 'line' },
  { label: 'stable', colour: '--stable', dash: [6, 3], shape: 'line' },
  { label: 'limit', colour: '--limit', dash: [2, 3], shape: 'line' },
];

type RulePlotProps = Omit<RuleCardProps, 'ended'> & { readonly chart: RuleChart };

const RulePlot = ({ chart, cursor, rule, span }: RulePlotProps) => {
  const data = ruleData(chart);
  const scale = rule.unit === 'ratio' ? 100 : 1;
  return (
    <Plot
      label={`${rule.name} over ${tookText(rule.windowMs)}, by time. Canary ${valueText(rule.canary, rule.unit)}, stable ${valueText(rule.stable, rule.unit)}, limit ${rule.limitWords}.`}
      data={data}
      lines={lines}
      span={span}
      top={topOf(data)}
      height={130}
      format={(value) => valueText(value / scale, rule.unit)}
      cursor={cursor}
    />
  );
};
