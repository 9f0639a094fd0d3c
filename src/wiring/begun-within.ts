/** Waits for the release of a revision that something else has to make way for. */
import { ok, type Result } from '../lib/result.ts';
import type { Release } from '../release/release.ts';
import type { ControlEvent } from '../server/controls.ts';
import type { Broadcast } from './broadcast.ts';

interface Awaited {
  readonly policy: string;
  readonly revision: string;
  readonly ms: number;
}

/** null: it did not begin in time. */
export function begunWithin(
  events: Pick<Broadcast<ControlEvent>, 'listen'>,
  { policy, revision, ms }: Awaited,
): Promise<Result<Release> | null> {
  return new Promise((resolve) => {
    const end = (result: Result<Release> | null): void => {
      clearTimeout(late);
      stop();
      resolve(result);
    };
    const late = setTimeout(() => end(null), ms);
    const stop = events.listen((event) => {
      if (event.release.policy === policy && event.release.revision === revision) end(ok(event.release));
    });
  });
}
