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
    ({ canary, limit, message, rule }): LogEntry => ({
      atMs: nowMs,
      kind: 'event',
      reason: 'InvestigationOpened',
      message: `${message}. The weight is held; resume or abort within ${within}`,
      data: { rule, canary, limit },
    }),
  );
  return { release: { ...release, investigations: [...release.investigations, ...opened] }, log };
}

/** Adds the time to the open ones; those that nobody answered in time are escalated. */
export function escalateLate(
  release: Release,
  time: { readonly nowMs: number; readonly spentMs: number },
): Change<Release> {
  if (!release.investigations.some(isOpen) || !isForward(release)) return { release, log: [] };
  const { answerWithinMs } = release.plan;
  const log: LogEntry[] = [];
  const investigations = release.investigations.map((each) => {
    if (!isOpen(each)) return each;
    const aged = { ...each, spentMs: each.spentMs + time.spentMs };
    if (each.state === 'escalated' || aged.spentMs < answerWithinMs) return aged;
    log.push({
      atMs: time.nowMs,
      kind: 'event',
      reason: 'InvestigationEscalated',
      message: `nobody answered for ${each.rule} within ${formatDuration(answerWithinMs)}: ${each.message}`,
      data: { rule: each.rule, spentMs: aged.spentMs },
    });
    return { ...aged, state: 'escalated' as const };
  });
  return { release: { ...release, investigations }, log };
}

/** A person's word for every open one (`rule` null) or for one rule's. */
export function answered(release: Release, answer: NonNullable<Investigation['answer']>, rule: string | null): Release {
  const investigations = release.investigations.map((each) =>
    isOpen(each) && (rule === null || each.rule === rule) ? ({ ...each, state: 'answered', answer } as const) : each,
  );
  return { ...release, investigations };
}
