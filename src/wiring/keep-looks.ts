/** Keeps what was read in each look; that it can't be kept is said once, and harms nothing. */
import { failed, problemOf, type Result } from '../lib/result.ts';
import type { JournalSpan } from '../release/journal-span.ts';
import type { Store } from '../release/store.ts';
import type { Logger } from '../telemetry/logger.ts';

export type KeepLook = (release: string, span: JournalSpan) => void;

/** Returns at once, or as soon as the store's own disk has it; never throws. */
export function keepLooks(store: Pick<Store, 'note'>, log: Pick<Logger, 'info' | 'warn'>): KeepLook {
  const failing = new Set<string>();
  return (release, span) => {
    const gap = failing.has(release) ? ({ start: span.start ?? 'gap' } as const) : {};
    const told = (kept: Result<void>): void => {
      if (kept.ok && failing.delete(release)) log.info({ release }, 'looks are kept again, with a gap');
      if (kept.ok || failing.has(release)) return;
      failing.add(release);
      log.warn({ release, ...kept.error }, 'look is not kept: the recording of this release will have a gap');
    };
    void store.note(release, { ...span, ...gap }).then(told, (thrown: unknown) => told(failed(problemOf(thrown))));
  };
}
