/**
 * Looks on at stable once it has everything back, and pages where that did not help.
 *
 *   weight 0 ──a look each interval──► stable in breach 2 min later ──► one line that pages
 *                                 └──► nothing by then, 4 min later, a newer one went back, or another is stable: done
 */
import { pause } from '../lib/pause.ts';
import type { Ports } from '../reconcile/ports.ts';
import {
  afterTimes,
  didNotHelp,
  didNotHelpLine,
  lookAtStableAfter,
  rulesOfStable,
  stableAfter,
} from '../reconcile/stable-after.ts';
import type { Release } from '../release/release.ts';
import { Follower, type Hand, isNewer } from './follower.ts';
import { type AroundStable, readStable } from './read-stable.ts';
import { isSaid, sayOnce } from './say-once.ts';

type Around = AroundStable & Pick<Ports, 'store' | 'tell'>;

export const afterRollback = (around: Around): Follower =>
  new Follower(around, {
    name: 'AfterRollback',
    isDue: (release) => {
      const times = afterTimes(release, around.source.intervalMs);
      return times !== null && times.untilMs > around.clock.wallMs() && rulesOfStable(release).length > 0;
    },
    follow: (release, hand) => follow(around, release, hand),
    // From then on that one is looked at: one trouble pages once.
    endedBy: (followed, by) =>
      isNewer(by, followed) && afterTimes(by, around.source.intervalMs) !== null && rulesOfStable(by).length > 0
        ? `release ${by.id} is back, too`
        : null,
  });

async function follow(around: Around, release: Release, hand: Hand): Promise<void> {
  const { clock, source } = around;
  const { id, stableRevision } = release;
  const times = afterTimes(release, source.intervalMs);
  if (times === null || stableRevision === null || (await isSaid(around, id, didNotHelp))) return;
  let seen = stableAfter;
  const isOver = (): boolean => hand.over.aborted;
  while (!isOver() && clock.wallMs() < times.untilMs) {
    const read = await readStable(around, stableRevision, rulesOfStable(release));
    if (read.kind === 'other') return;
    const nowMs = clock.wallMs();
    if (read.kind === 'read') seen = lookAtStableAfter(release, seen, { ...read, nowMs, fromMs: times.fromMs });
    const line = nowMs < times.dueMs ? null : didNotHelpLine(release, seen, nowMs);
    if (line !== null && !isOver()) return sayOnce(around, { id, line }, hand);
    await pause(source.intervalMs, hand.over);
  }
}
