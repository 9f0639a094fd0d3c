/** One release in the list: what it is, how far, and what it waits for. */
import { Component, type VNode } from 'preact';
import { phaseWords } from '../report/explain.ts';
import { tookText } from '../report/format-value.ts';
import { nextMoveText } from '../report/next-move.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { Badge } from './badge.tsx';
import { countdown } from './countdown.ts';
import { Versions } from './release-head.tsx';
import { hashOf } from './route.ts';
import { phaseTones } from './tones.ts';
import { useNow } from './use-now.ts';

interface ReleaseRowProps {
  readonly view: ReleaseView;
  readonly aheadMs: number;
}

/** Drawn again only when its release was read again: a list has hundreds. */
export class ReleaseRow extends Component<ReleaseRowProps> {
  override shouldComponentUpdate({ view }: ReleaseRowProps): boolean {
    return view !== this.props.view;
  }

  override render({ aheadMs, view }: ReleaseRowProps): VNode {
    return (
      <li class={view.attention === null ? 'row' : 'row wants'}>
        <a href={hashOf({ kind: 'release', id: view.id })}>
          <b>{view.policy}</b> <Versions view={view} />
        </a>
        <span>
          <Badge tone={phaseTones[view.phase]}>{phaseWords[view.phase]}</Badge>
        </span>
        <span class="weight">{view.ended ? null : <Weight applied={view.weight.applied ?? 0} />}</span>
        {view.ended ? <Ended view={view} /> : <Now view={view} aheadMs={aheadMs} />}
      </li>
    );
  }
}

const Weight = ({ applied }: { readonly applied: number }) => (
  <>
    <progress max={100} value={applied} aria-label="Weight of the canary, percent" />
    {applied} %
  </>
);

const Now = ({ aheadMs, view }: ReleaseRowProps) => {
  const nowMs = useNow() + aheadMs;
  return (
    <span class="what">
      {view.attention === null
        ? [nextMoveText(countdown(view.next, nowMs)), ...heldBy(view)].join(': ')
        : `Waits for a person: ${view.attention.message}`}
    </span>
  );
};

/** The reason's word alone tells little to who does not know it. */
const heldBy = ({ next, waiting }: ReleaseView): readonly string[] =>
  waiting !== null && next.condition.startsWith('held: ') ? [waiting.message] : [];

const Ended = ({ view: { cause, times } }: { readonly view: ReleaseView }) => (
  <span class="what muted">
    {new Date(times.endedAtMs ?? times.startedAtMs).toLocaleString()}, took{' '}
    {tookText((times.endedAtMs ?? times.startedAtMs) - times.startedAtMs)}
    {cause === null ? '' : `: ${cause.message}`}
  </span>
);
