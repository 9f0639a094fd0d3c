/** What is delivered, in which phase it is, and what comes next when: the five seconds that a reader has. */
import { phaseWords } from '../report/explain.ts';
import { tookText } from '../report/format-value.ts';
import { nextMoveText } from '../report/next-move.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { Badge } from './badge.tsx';
import { countdown } from './countdown.ts';
import { hashOf } from './route.ts';
import { phaseTones } from './tones.ts';
import { useNow } from './use-now.ts';

interface ReleaseHeadProps {
  readonly view: ReleaseView;
  readonly aheadMs: number;
}

export const ReleaseHead = ({ aheadMs, view }: ReleaseHeadProps) => (
  <header class="head">
    <h1>
      {view.policy} <Versions view={view} />
    </h1>
    <p class="state">
      <Badge tone={phaseTones[view.phase]}>{phaseWords[view.phase]}</Badge>
      {view.step === null ? null : (
        <span>
          step {view.step} of {view.steps.length}
        </span>
      )}
      {view.mode === 'enforce' ? null : <Badge tone="plain">mode {view.mode}</Badge>}
      {view.frozen ? <Badge tone="warn">frozen</Badge> : null}
    </p>
    <Next view={view} aheadMs={aheadMs} />
    <nav class="links" aria-label="About this policy">
      <a href={hashOf({ kind: 'history', policy: view.policy, against: view.id })}>History</a>
      <a href={hashOf({ kind: 'rules', policy: view.policy })}>Rules</a>
      <span class="muted">{view.id}</span>
    </nav>
  </header>
);

export const Versions = ({ view }: { readonly view: Pick<ReleaseView, 'revision' | 'stableRevision'> }) => (
  <span class="versions">
    {view.stableRevision ?? '(nothing)'} <span aria-hidden="true">→</span>
    <span class="unseen">to</span> <b>{view.revision}</b>
  </span>
);

/** The countdown runs between two answers of the server. */
const Next = ({ aheadMs, view }: ReleaseHeadProps) => {
  const nowMs = useNow() + aheadMs;
  const { endedAtMs, startedAtMs, startedBy } = view.times;
  const took = tookText((endedAtMs ?? nowMs) - startedAtMs);
  return (
    <p class="next">
      {view.ended ? (
        <>It took {took}.</>
      ) : (
        <>
          Next: <b role="timer">{nextMoveText(countdown(view.next, nowMs))}</b>
        </>
      )}{' '}
      <span class="muted">
        Started by {startedBy} {new Date(startedAtMs).toLocaleString()}
        {view.ended ? '' : `, ${took} ago`}
        {view.compression === 1 ? '' : `; every duration divided by ${view.compression}`}
      </span>
    </p>
  );
};
