/** A release as it can be run again: how it was begun, what was read in each look, and what came of it. */
import type { Journalled } from './journal.ts';
import type { JournalSpan } from './journal-span.ts';
import type { LogEntry } from './log.ts';
import type { Release } from './release.ts';

/** What a release was begun with, as it is judged: durations are divided by its `compression` already. */
type Begun = Pick<
  Release,
  | 'id'
  | 'policy'
  | 'revision'
  | 'stableRevision'
  | 'startedAtMs'
  | 'mode'
  | 'size'
  | 'plan'
  | 'rules'
  | 'judge'
  | 'dispersion'
  | 'unjudgeable'
  | 'compression'
>;

export interface Recording extends Begun {
  /** Where it is, or how it ended. */
  readonly phase: Release['phase'];
  /** The oldest looks are not there any more. */
  readonly cut: boolean;
  readonly spans: readonly JournalSpan[];
  readonly log: readonly LogEntry[];
}

export function recordingOf(release: Release, journal: Journalled, log: readonly LogEntry[]): Recording {
  const { compression, dispersion, id, judge, mode, phase, plan, policy, revision, rules, size } = release;
  const { stableRevision, startedAtMs, unjudgeable } = release;
  return {
    ...{ id, policy, revision, stableRevision, startedAtMs, mode, size, plan, rules, judge, dispersion, unjudgeable },
    ...{ compression, phase, cut: journal.cut, spans: journal.spans, log },
  };
}
