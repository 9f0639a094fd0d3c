/** What came of a scenario: a frame a moment, the decision log, and the outcome. */
import type { Decision } from '../gate/decision.ts';
import type { LogEntry } from '../release/log.ts';
import type { PhaseName, Release } from '../release/release.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { OutcomeName } from './scenario.ts';

/** Midnight, so that the times in messages are those of the scenario. */
export const startMs = Date.UTC(2026, 0, 1);

/** What was decided at one moment, and how things stood after it. */
export interface Frame {
  readonly atMs: number;
  /** The weightiest of the moment's decisions; null: it was over. */
  readonly decision: Decision | null;
  readonly phase: PhaseName;
  readonly step: number | null;
  /** Canary percent that users have. */
  readonly weight: number;
  /** What is asked of them, and no more: a run has hundreds of frames. */
  readonly verdicts: readonly Pick<Verdict, 'rule' | 'kind' | 'reason'>[];
}

export interface Run {
  readonly frames: readonly Frame[];
  readonly log: readonly LogEntry[];
  readonly release: Release;
  readonly outcome: Outcome;
}

export interface Outcome {
  readonly is: OutcomeName;
  readonly atMs: number;
  readonly reason: string | null;
  readonly rule: string | null;
}

const weights = { rollback: 4, promote: 3, advance: 2, hold: 1 } as const;

/** Of several looks at one moment the decision that moved something; of several holds the last. */
export function weightier(before: Decision | null, after: Decision | null): Decision | null {
  if (before === null || after === null) return after ?? before;
  return weights[after.kind] >= weights[before.kind] ? after : before;
}

export function outcomeOf({ phase, waiting }: Release, promotedAtMs: number | null, endMs: number): Outcome {
  switch (phase.phase) {
    case 'succeeded':
      return { is: 'succeeded', atMs: phase.endedAtMs - startMs, reason: null, rule: null };
    case 'rolledBack':
    case 'rollingBack':
    case 'failed': {
      const { atMs, reason, rule } = phase.cause;
      return { is: phase.phase === 'failed' ? 'failed' : 'rolledBack', atMs: atMs - startMs, reason, rule };
    }
    default:
      return promotedAtMs === null
        ? { is: 'open', atMs: endMs, reason: waiting?.reason ?? null, rule: waiting?.rule ?? null }
        : { is: 'promoted', atMs: promotedAtMs, reason: null, rule: null };
  }
}
