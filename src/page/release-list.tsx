/** All releases, what needs attention first; without any, how to start one. */

import type { PolicySummary } from '../report/policy-summary.ts';
import { EmptyList } from './empty-list.tsx';
import { orderReleases, type Urgency, urgencyOf } from './order-releases.ts';
import { ReleaseRow } from './release-row.tsx';
import { hashOf } from './route.ts';
import type { State } from './state.ts';

interface ReleaseListProps {
  readonly releases: State['releases'];
  readonly policies: readonly PolicySummary[];
  readonly aheadMs: number;
}

export const ReleaseList = ({ aheadMs, policies, releases }: ReleaseListProps) => {
  if (releases === null) return <p class="notice">Reading the releases ...</p>;
  const ordered = orderReleases([...releases.values()]);
  return (
    <>
      <h1>Releases</h1>
      <Policies policies={policies} />
      {ordered.length === 0 ? <EmptyList policies={policies} /> : null}
      {groups.map(({ title, urgencies }) => {
        const shown = ordered.filter((view) => urgencies.includes(urgencyOf(view)));
        return shown.length === 0 ? null : (
          <section key={title} aria-label={title}>
            <h2>
              {title} ({shown.length})
            </h2>
            <ul class="rows">
              {shown.map((view) => (
                <ReleaseRow key={view.id} view={view} aheadMs={aheadMs} />
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
};

const groups: readonly { readonly title: string; readonly urgencies: readonly Urgency[] }[] = [
  { title: 'Needs attention', urgencies: ['person', 'trouble'] },
  { title: 'Under way', urgencies: ['running'] },
  { title: 'Ended', urgencies: ['ended'] },
];

const Policies = ({ policies }: { readonly policies: readonly PolicySummary[] }) => (
  <ul class="policies">
    {policies.map(({ frozen, name, problem, stable }) => (
      <li key={name}>
        <b>{name}</b> serves {stable ?? 'nothing yet'}
        {frozen.length === 0 ? '' : `, frozen: ${frozen.join(', ')}`}{' '}
        <a href={hashOf({ kind: 'history', policy: name, against: null })} aria-label={`History of ${name}`}>
          History
        </a>{' '}
        <a href={hashOf({ kind: 'rules', policy: name })} aria-label={`Rules of ${name}`}>
          Rules
        </a>
        {problem === null ? null : <p class="notice trouble">No new release starts: {problem}</p>}
      </li>
    ))}
  </ul>
);
