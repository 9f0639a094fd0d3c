/** Waits for the release of a revision that something else has to make way for. */
import type { Release } from '../release/release.ts';
import type { ControlEvent } from '../server/controls.ts';
import type { Broadcast } from './broadcast.ts';

interface Awaited {
  readonly policy: string;
  readonly revision: string;
  readonly ms: number;
  /** Ends the wait. */
  readonly stop?: AbortSignal | undefined;
}

/** null: it did not begin in time, or nobody waits any more. */
export function begunWithin(
  events: Pick<Broadcast<ControlEvent>, 'listen'>,
  { policy, revision, ms, stop }: Awaited,
): Promise<Release | null> {
  const { promise, resolve } = Promise.withResolvers<Release | null>();
  if (stop?.aborted === true) return Promise.resolve(null);
  const none = (): void => resolve(null);
  const late = setTimeout(none, ms);
  stop?.addEventListener('abort', none);
  const deaf = events.listen(({ release }) => {
    if (release.policy === policy && release.revision === revision) resolve(release);
  });
  return promise.finally(() => {
    clearTimeout(late);
    stop?.removeEventListener('abort', none);
    deaf();
  });
}
