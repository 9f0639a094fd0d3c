/** A release that an order changed: stored, and told to everybody who listens. */
import type { Result } from '../lib/result.ts';
import type { Change, LogEntry } from '../release/log.ts';
import type { Release } from '../release/release.ts';
import type { Store } from '../release/store.ts';

export interface Saving {
  readonly store: Pick<Store, 'save'>;
  /** Told of what was stored. */
  readonly saved: (release: Release, log: readonly LogEntry[]) => void;
}

export async function saveChange(
  { saved, store }: Saving,
  { log, release }: Change<Release>,
): Promise<Result<Release>> {
  const done = await store.save(release, log);
  if (done.ok) saved(done.value, log);
  return done;
}
