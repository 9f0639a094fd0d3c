/** What the rules read after the promotion: a chart each, over the whole time that is recorded, which is long beside the release. */
import { useMemo } from 'preact/hooks';
import type { AfterPromotion, RuleTrend } from '../report/after/after-promotion.ts';
import { afterHeads, afterRow, riseSentences } from '../report/after/after-words.ts';
import type { DeploymentReport } from '../report/deployment/deployment-report.ts';
import { valueText } from '../report/format-value.ts';
import { Answered } from './answered.tsx';
import { type Span, spanOf, topOf, trendData } from './chart-data.ts';
import { Cursor } from './cursor.ts';
import { Numbers } from './numbers.tsx';
import { Plot } from './plot.tsx';
import type { Line } from './plot-options.ts';
import { useAnswer } from './use-answer.ts';

export const AfterPromotionCards = ({ id }: { readonly id: string }) => {
  const answer = useAnswer<DeploymentReport>(`releases/${encodeURIComponent(id)}/report?format=json`);
  return (
    <>
      <h2 class="wide">After the promotion</h2>
      <Answered answer={answer}>
        {({ afterPromotion: after }) =>
          after === null ? <p class="wide">Nothing is recorded of it.</p> : <Trends after={after} />
        }
      </Answered>
    </>
  );
};

const Trends = ({ after }: { readonly after: AfterPromotion }) => {
  const cursor = useMemo(() => new Cursor(), []);
  const span = spanOf(after.promotedAtMs, after.untilMs);
  return (
    <>
      <div class="wide">
        <p>{after.sentence}</p>
        {riseSentences(after).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      {after.rules.map((trend) => (
        <RuleAfter key={trend.rule} trend={trend} span={span} cursor={cursor} />
      ))}
    </>
  );
};

const lines: readonly Line[] = [
  { label: 'promoted revision', colour: '--canary', dash: [], shape: 'line' },
  { label: 'limit', colour: '--limit', dash: [2, 3], shape: 'line' },
];

interface RuleAfterProps {
  readonly trend: RuleTrend;
  readonly span: Span;
  readonly cursor: Cursor;
}

const RuleAfter = ({ cursor, span, trend }: RuleAfterProps) => {
  const data = trendData(trend);
  const scale = trend.unit === 'ratio' ? 100 : 1;
  const [, ...said] = afterRow(trend);
  const rows = afterHeads.slice(1).map((head, at) => [head, said[at] ?? ''] as const);
  return (
    <section class="card rule" aria-label={`Rule ${trend.rule} after the promotion`}>
      <header>
        <h3>{trend.rule}</h3>
      </header>
      <Plot
        label={`${trend.rule} after the promotion, by time. ${rows.map((row) => row.join(' ')).join(', ')}.`}
        data={data}
        lines={lines}
        span={span}
        top={topOf(data)}
        height={130}
        format={(value) => valueText(value / scale, trend.unit)}
        cursor={cursor}
      />
      <Numbers rows={rows} />
    </section>
  );
};
