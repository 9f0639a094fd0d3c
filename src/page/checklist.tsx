/** What has to be there before the weight may rise: people's answers, and what holds it. */
import { timeOfDay } from '../report/format-value.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { Badge } from './badge.tsx';

/** Nothing where nothing was ever asked. */
export const Checklist = ({ view }: { readonly view: ReleaseView }) => {
  const { investigations, pauses } = view;
  if (investigations.length === 0 && pauses.length === 0) return null;
  return (
    <section class="card" aria-labelledby="checklist-title">
      <h2 id="checklist-title">What people were asked</h2>
      <ul class="plain">
        {pauses.map(({ by, reason, sinceMs, who }) => (
          <li key={`${by}${sinceMs}`}>
            <Badge tone="warn">paused</Badge> by {who} since {timeOfDay(sinceMs)}: {reason}
          </li>
        ))}
        {investigations.map((each) => (
          <li key={`${each.rule}${each.openedAtMs}`}>
            <Badge tone={each.state === 'open' ? 'warn' : 'plain'}>{each.state}</Badge> {each.rule}, asked{' '}
            {timeOfDay(each.openedAtMs)}
          </li>
        ))}
      </ul>
    </section>
  );
};
