/** Hands over what an earlier controller may not have paged: of what is under way, and of the newest release that is over. */
import type { Clock } from '../lib/clock.ts';
import type { NoticeDesk } from '../notify/desk.ts';
import { isOver } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import type { Store } from '../release/store.ts';

interface Around {
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly desk: Pick<NoticeDesk, 'tookOver'>;
  readonly store: Pick<Store, 'log' | 'releases'>;
}

/** `active`: under way. Never rejects; a log that cannot be read has no lines. */
export async function tellMissedPages(
  { clock, desk, store }: Around,
  active: readonly Release[],
  policies: Iterable<string>,
): Promise<void> {
  const ended: Release[] = [];
  for (const policy of policies) {
    // The next one may run already.
    const newest = await store.releases({ policy, limit: 2 });
    if (newest.ok) ended.push(...newest.value.filter(isOver).slice(0, 1));
  }
  for (const release of [...active, ...ended]) {
    const lines = await store.log(release.id, 100);
    desk.tookOver(release, lines.ok ? lines.value : [], clock.wallMs());
  }
}
