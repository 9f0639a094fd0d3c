/** How a policy's releases change from period to period. */
import { trendCells, trendHeads, trendSentence } from '../report/trends/trend-words.ts';
import type { Trends } from '../report/trends/trends.ts';
import { Answered } from './answered.tsx';
import { Table } from './table.tsx';
import { useAnswer } from './use-answer.ts';

export const TrendCard = ({ policy }: { readonly policy: string }) => {
  const answer = useAnswer<Trends>(`policies/${encodeURIComponent(policy)}/trends`);
  return (
    <section class="card" aria-labelledby="trends-title">
      <h2 id="trends-title">Trends</h2>
      <Answered answer={answer}>
        {(trends) => (
          <>
            <p>{trendSentence(trends)}</p>
            {trends.periods.length === 0 ? null : <Periods trends={trends} />}
          </>
        )}
      </Answered>
    </section>
  );
};

const Periods = ({ trends }: { readonly trends: Trends }) => (
  <Table label="Table of trends" heads={trendHeads(trends)}>
    {trends.periods.map((trend) => {
      const [first, ...others] = trendCells(trends, trend);
      return (
        <tr key={trend.fromMs}>
          <th scope="row">{first}</th>
          {others.map((cell, at) => (
            <td key={at}>{cell}</td>
          ))}
        </tr>
      );
    })}
  </Table>
);
