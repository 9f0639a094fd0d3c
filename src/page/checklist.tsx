/** What has to be there before the first traffic, and what people were asked meanwhile. */
import type { ChecklistItem } from '../report/checklist-item.ts';
import { timeOfDay } from '../report/format-value.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { Badge } from './badge.tsx';
import { ItemOrders } from './item-orders.tsx';
import type { Me } from './state.ts';

interface ChecklistProps {
  readonly view: ReleaseView;
  readonly me: Me | null;
}

/** Nothing where nothing was ever asked. */
export const Checklist = ({ me, view }: ChecklistProps) => {
  const { checklist, investigations } = view;
  const pauses = view.ended ? [] : view.pauses;
  if (checklist.length + investigations.length + pauses.length === 0) return null;
  return (
    <section class="card" aria-labelledby="checklist-title">
      <h2 id="checklist-title">Checklist</h2>
      <ul class="plain checklist">
        {checklist.map((item) => (
          <Item key={`${item.kind} ${item.name}`} item={item} view={view} me={me} />
        ))}
        {pauses.map(({ by, reason, sinceMs, who }) => (
          <li key={`${by}${sinceMs}`}>
            <Badge tone="warn">paused</Badge> by {who} since {timeOfDay(sinceMs)}: {reason}
          </li>
        ))}
        {investigations.map(({ answer, message, openedAtMs, rule, state }) => (
          <li key={`${rule}${openedAtMs}`}>
            <Badge tone={state === 'answered' ? 'good' : 'warn'}>
              {isLeft(state, view) ? 'never answered' : state}
            </Badge>{' '}
            {rule}, asked {timeOfDay(openedAtMs)}: {answer === null ? message : `${answer.who} says: ${answer.note}`}
          </li>
        ))}
      </ul>
    </section>
  );
};

/** Once the release has ended nobody is asked any more. */
const isLeft = (state: ReleaseView['investigations'][number]['state'], { ended }: ReleaseView): boolean =>
  ended && state !== 'answered';

const Item = ({ item, me, view }: ChecklistProps & { readonly item: ChecklistItem }) => (
  <li>
    <Badge tone={item.state === 'passed' ? 'good' : 'warn'}>{item.state}</Badge> {item.kind} <b>{item.name}</b>:{' '}
    {item.evidence}
    {item.atMs === null ? '' : `, ${timeOfDay(item.atMs)}`}
    {item.todo === null ? null : <Todo todo={item.todo} />}
    <ItemOrders item={item} view={view} me={me} />
  </li>
);

/** What stands in backticks is a command. */
const Todo = ({ todo }: { readonly todo: string }) => (
  <p class="muted small">
    To do: {todo.split('`').map((part, at) => (at % 2 === 1 ? <code key={part}>{part}</code> : part))}
  </p>
);
