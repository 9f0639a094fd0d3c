/** Earlier releases of a policy, each beside the one that the reader compares with. */
import { tookText } from '../report/format-value.ts';
import type { PastRelease, PolicyHistory } from '../report/history-view.ts';
import { Answered } from './answered.tsx';
import { Comparison } from './comparison.tsx';
import { Numbers } from './numbers.tsx';
import { PastRow } from './past-row.tsx';
import { hashOf } from './route.ts';
import { Table } from './table.tsx';
import { TrendCard } from './trend-card.tsx';
import { useAnswer } from './use-answer.ts';

interface HistoryPageProps {
  readonly policy: string;
  readonly against: string | null;
}

export const HistoryPage = ({ against, policy }: HistoryPageProps) => {
  const answer = useAnswer<PolicyHistory>(`policies/${encodeURIComponent(policy)}/history`);
  return (
    <>
      <h1>History of {policy}</h1>
      <p>
        <a href={hashOf({ kind: 'rules', policy })}>Its rules</a>
        {' · '}
        <a href={hashOf({ kind: 'records', policy })}>Its trail and notifications</a>
      </p>
      <Answered answer={answer}>
        {({ releases, totals }) => (
          <>
            <Totals totals={totals} />
            <Past policy={policy} releases={releases} against={against} />
            <TrendCard policy={policy} />
          </>
        )}
      </Answered>
    </>
  );
};

const Totals = ({ totals }: Pick<PolicyHistory, 'totals'>) => (
  <section class="card" aria-label="All of them">
    <Numbers
      rows={[
        ['succeeded', String(totals.succeeded)],
        ['rolled back', String(totals.rolledBack)],
        ['failed', String(totals.failed)],
        ['under way', String(totals.running)],
        [
          'half of the successes took at most',
          totals.medianSuccessMs === null ? '-' : tookText(totals.medianSuccessMs),
        ],
      ]}
    />
  </section>
);

const compareHead = <span class="unseen">compare</span>;
const heads = ['revision', 'result', 'took', 'reached', 'errors', 'slow', 'held', 'why', compareHead];

interface PastProps extends HistoryPageProps {
  readonly releases: readonly PastRelease[];
}

const Past = ({ against, policy, releases }: PastProps) => {
  const chosen = releases.find(({ id }) => id === against) ?? releases[0];
  if (chosen === undefined) return <p class="notice">Nothing of it has been released yet.</p>;
  return (
    <>
      <Comparison chosen={chosen} releases={releases} />
      <section class="card" aria-labelledby="past-title">
        <h2 id="past-title">Releases, newest first</h2>
        <Table label="Table of releases" heads={heads}>
          {releases.map((past) => (
            <PastRow key={past.id} past={past} policy={policy} isChosen={past === chosen} />
          ))}
        </Table>
      </section>
    </>
  );
};
