/** In which order a list shows releases: first what wants a person, then what goes wrong, what runs, and what has ended. */
import type { ReleaseView } from '../report/release-view.ts';

export type Urgency = 'person' | 'trouble' | 'running' | 'ended';

const ranks: Readonly<Record<Urgency, number>> = { person: 0, trouble: 1, running: 2, ended: 3 };

export const urgencyOf = (view: ReleaseView): Urgency => {
  if (view.ended) return 'ended';
  if (view.attention !== null) return 'person';
  const isOutside = view.rules.some(
    (rule) => !rule.advisory && (rule.verdict === 'breach' || rule.verdict === 'suspect'),
  );
  const goesBack = view.phase === 'rollingBack' || view.latch !== null;
  return goesBack || isOutside || view.sight.blindSinceMs !== null ? 'trouble' : 'running';
};

/** The longest without an answer first among those that wait; else the newest first. */
export const orderReleases = (views: readonly ReleaseView[]): readonly ReleaseView[] => {
  const ranked = views.map((view) => ({ view, urgency: urgencyOf(view) }));
  ranked.sort((a, b) => {
    const byRank = ranks[a.urgency] - ranks[b.urgency];
    if (byRank !== 0) return byRank;
    const [first, second] = a.urgency === 'person' ? [a, b] : [b, a];
    return sinceMs(first.view) - sinceMs(second.view);
  });
  return ranked.map(({ view }) => view);
};

const sinceMs = ({ waiting, attention, times }: ReleaseView): number =>
  attention !== null && waiting !== null ? waiting.atMs : (times.endedAtMs ?? times.startedAtMs);
