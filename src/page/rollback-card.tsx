/** The rollback in numbers: which rule, its value against the limit, when it was first outside, decided, and at zero. */
import { tookText, valueText } from '../report/format-value.ts';
import type { RollbackView } from '../report/rollback-view.ts';
import { Numbers } from './numbers.tsx';

export const RollbackCard = ({ rollback }: { readonly rollback: RollbackView }) => (
  <section class="card rollback" aria-labelledby="rollback-title">
    <h2 id="rollback-title">
      <span aria-hidden="true">✕ </span>
      {rollback.zeroAtMs === null ? 'Rollback' : 'Rolled back'}
    </h2>
    <p>{rollback.message}</p>
    {rollback.didNotHelp === null ? null : <p role="alert">{rollback.didNotHelp}</p>}
    <Numbers rows={rowsOf(rollback)} />
    {rollback.promise === null ? null : <p class="muted">{rollback.promise}</p>}
  </section>
);

const rowsOf = (rollback: RollbackView): readonly (readonly [string, string])[] => {
  const { at, decidedAtMs, emptyAtMs, firstBreachAtMs, limitWords, rule, toZeroMs, unit, value, zeroAtMs } = rollback;
  return [
    ['reason', rollback.reason],
    ...(rule === null ? [] : ([['rule', `${rule}${at === null ? '' : ` (${at})`}`]] as const)),
    ...(unit === null ? [] : ([['value', valueText(value, unit)]] as const)),
    ...(limitWords === null ? [] : ([['limit', limitWords]] as const)),
    ...(firstBreachAtMs === null ? [] : ([['first breach', moment(firstBreachAtMs)]] as const)),
    ['decision', moment(decidedAtMs)],
    ['time to zero', toZeroMs === null ? 'not at zero yet' : tookText(toZeroMs)],
    [
      'last request',
      emptyAtMs === null || zeroAtMs === null
        ? 'not confirmed'
        : `${tookText(Math.max(0, emptyAtMs - zeroAtMs))} after zero`,
    ],
    [
      'requests failed',
      rollback.requestsFailed === null ? 'not counted' : rollback.requestsFailed.toLocaleString('en-US'),
    ],
  ];
};

/** Where the reader is, to the millisecond: what happened before what is the question here. */
const moment = (atMs: number): string => {
  const at = new Date(atMs);
  return `${at.toLocaleTimeString([], { hour12: false })}.${String(at.getMilliseconds()).padStart(3, '0')}`;
};
