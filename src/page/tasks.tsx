/** What people do once a release has ended, and who has done it. */
import { dayAndTime } from '../report/format-value.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { Badge } from './badge.tsx';

export const Tasks = ({ view: { ended, id, tasks } }: { readonly view: ReleaseView }) => {
  if (!ended || tasks.length === 0) return null;
  const open = tasks.filter(({ done }) => !done).length;
  return (
    <details class="card">
      <summary>
        <h2>Tasks afterwards: {open === 0 ? 'all done' : `${open} of ${tasks.length} open`}</h2>
      </summary>
      <ul class="plain">
        {tasks.map(({ atMs, done, name, note, what, who }) => (
          <li key={name}>
            <Badge tone={done ? 'good' : 'warn'}>{done ? 'done' : 'open'}</Badge> <b>{name}</b>: {what}
            {who === null || atMs === null ? '' : `, says ${who} (${dayAndTime(atMs)})`}
            {note === '' ? '' : `: ${note}`}
          </li>
        ))}
      </ul>
      <p class="muted small">
        Tick one with <code>sluice attest {id} NAME --pass --reason TEXT</code>
      </p>
    </details>
  );
};
