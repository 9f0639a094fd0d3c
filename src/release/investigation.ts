/** A warning that a person must answer: opened once a rule, escalated when nobody does. */
import { formatDuration } from '../lib/duration.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Change, LogEntry } from './log.ts';
import { isForward } from './phase.ts';
import type { Investigation, Release } from './release.ts';

export const isOpen = ({ state }: Investigation): boolean => state !== 'answered';

/** A rule that a person must look at: a warning in breach, or any rule within its limit but much worse than stable. */
export function asksPerson({ advisory, alert, kind, outcome, reason }: Verdict): boolean {
  if (advisory || alert === 'info') return false;
  return (alert === 'warning' && outcome === 'rollback') || (kind === 'suspect' && reason === 'WorseThanStable');
}

/** Whether a person has answered for the rule in this release: it is not asked about again. */
export const isAnswered = ({ investigations }: Release, rule: string): boolean =>
  investigations.some((each) => each.rule === rule && each.state === 'answered');

/** Opens one for each rule that wants it and has none yet. */
export function investigate(release: Release, verdicts: readonly Verdict[], nowMs: number): Change<Release> {
  if (!isForward(release)) return { release, log: [] };
  const known = new Set(release.investigations.map(({ rule }) => rule));
  const fresh = verdicts.filter((verdict) => asksPerson(verdict) && !known.has(verdict.rule));
  if (fresh.length === 0) return { release, log: [] };
  const opened = fresh.map(
    ({ message, rule }) => ({ rule, openedAtMs: nowMs, spentMs: 0, message, state: 'open', answer: null }) as const,
  );
  const within = formatDuration(release.plan.answerWithinMs);
  const log = fresh.map(
    ({ canary, limit, message, rule, stable }): LogEntry => ({
      atMs: nowMs,
      kind: 'event',
      reason: 'InvestigationOpened',
      message: `${message}. The weight is held; answer, resume or abort within ${within}`,
      data: { rule, canary, stable, limit, answerWithinMs: release.plan.answerWithinMs },
    }),
  );
  return { release: { ...release, investigations: [...release.investigations, ...opened] }, log };
}

/** Adds the time to the open ones; those that nobody answered in time are escalated, and once more after as long again. */
export function escalateLate(
  release: Release,
  time: { readonly nowMs: number; readonly spentMs: number },
): Change<Release> {
  if (!release.investigations.some(isOpen) || !isForward(release)) return { release, log: [] };
  const { answerWithinMs } = release.plan;
  const aged = release.investigations.map((each) => {
    if (!isOpen(each)) return { each, tier: null };
    const after = { ...each, spentMs: each.spentMs + time.spentMs };
    const tier = tierDue(each, after.spentMs, answerWithinMs);
    return { each: tier === null ? after : { ...after, state: 'escalated' as const }, tier };
  });
  const log = aged.flatMap(({ each, tier }): LogEntry[] => (tier === null ? [] : [escalated(each, tier, time.nowMs)]));
  return { release: { ...release, investigations: aged.map(({ each }) => each) }, log };
}

/** Whom it is escalated to now; null: to nobody. `spentMs`: with the time since. */
const tierDue = (before: Investigation, spentMs: number, withinMs: number): 'secondary' | 'vendors' | null => {
  if (before.state === 'open') return spentMs >= withinMs ? 'secondary' : null;
  return before.spentMs < 2 * withinMs && spentMs >= 2 * withinMs ? 'vendors' : null;
};

const escalated = ({ message, rule, spentMs }: Investigation, tier: string, nowMs: number): LogEntry => ({
  atMs: nowMs,
  kind: 'event',
  reason: 'InvestigationEscalated',
  message: `nobody answered for ${rule} within ${formatDuration(spentMs)}: ${message}. Answer, resume or abort`,
  data: { rule, spentMs, tier },
});

/** Somebody looks at every open one (`rule` null) or at one rule's: each has its whole time again. The same release: it was said before. */
export function noted(release: Release, note: NonNullable<Investigation['noted']>, rule: string | null): Release {
  const isMeant = (each: Investigation): boolean =>
    isOpen(each) &&
    (rule === null || each.rule === rule) &&
    !(each.noted?.who === note.who && each.noted.note === note.note);
  if (!release.investigations.some(isMeant)) return release;
  const investigations = release.investigations.map((each) =>
    isMeant(each) ? ({ ...each, state: 'open', spentMs: 0, noted: note } as const) : each,
  );
  return { ...release, investigations };
}

/** A person's word for every open one (`rule` null) or for one rule's. */
export function answered(release: Release, answer: NonNullable<Investigation['answer']>, rule: string | null): Release {
  const investigations = release.investigations.map((each) =>
    isOpen(each) && (rule === null || each.rule === rule) ? ({ ...each, state: 'answered', answer } as const) : each,
  );
  return { ...release, investigations };
}
