/** What was noticed when a release started: said then, and shown as long as the release is. */
import type { LogEntry } from './log.ts';

export interface StartNote {
  readonly reason:
    | 'BaselineUnknown'
    | 'RuleTooBursty'
    | 'ThresholdBelowBaseline'
    | 'NotMeasurable'
    | 'SplitInexact'
    | 'OwnRollback';
  /** Null: several rules, named in the sentence. */
  readonly rule: string | null;
  readonly message: string;
}

export const noteLines = (notes: readonly StartNote[], atMs: number): readonly LogEntry[] =>
  notes.map(({ reason, rule, message }) => ({ atMs, kind: 'event', reason, message, data: { rule } }));
