/** What the judge remembers of stable: since when it is inside or outside the limit, and how it ended the split. */
import type { Counts } from '../metrics/reading.ts';
import type { JudgeContext } from './context.ts';
import { isClearlyAbove } from './counts.ts';

/** At most one of the two times is set; neither: nothing is known of stable now. */
export interface StableView {
  readonly insideSinceMs: number | null;
  readonly outsideSinceMs: number | null;
  /** The baseline: how stable stood when the traffic was last split; null before that. */
  readonly baseline: 'inside' | 'outside' | null;
}

export const unseenStable: StableView = { insideSinceMs: null, outsideSinceMs: null, baseline: null };

export interface StableLook {
  readonly atMs: number;
  /** Stable's counts over the rule's window. */
  readonly counts: Counts;
  readonly limit: number;
  readonly context: JudgeContext;
}

/** Stable takes requests: while traffic is split, and before the first rise. */
export const stableHasTraffic = (counts: Counts, context: JudgeContext): boolean =>
  counts.events > 0 && (context.split || context.raisedAtMs === null);

export const lookAtStable = (view: StableView, look: StableLook): StableView => {
  const standing = standingOf(look);
  const baseline = look.context.split && standing !== 'unknown' && look.counts.events > 0 ? standing : view.baseline;
  return {
    insideSinceMs: standing === 'inside' ? (view.insideSinceMs ?? look.atMs) : null,
    outsideSinceMs: standing === 'outside' ? (view.outsideSinceMs ?? look.atMs) : null,
    baseline,
  };
};

const standingOf = ({ counts, limit, context }: StableLook): 'inside' | 'outside' | 'unknown' => {
  if (stableHasTraffic(counts, context)) return isClearlyAbove(counts, limit) ? 'outside' : 'inside';
  if (context.split || context.stableProbes === 'gone') return 'unknown';
  return context.stableProbes === 'pass' ? 'inside' : 'outside';
};
