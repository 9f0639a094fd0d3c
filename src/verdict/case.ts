/** One rule's case at one moment: everything that a judgement may look at, gathered once. */
import type { CountsReading } from '../metrics/reading.ts';
import type { Rule } from '../rules/rule.ts';
import type { JudgeContext } from './context.ts';
import type { RuleState } from './rule-state.ts';
import type { JudgeSettings } from './settings.ts';
import type { Outcome, VerdictKind, VerdictReason } from './verdict.ts';

export interface Case {
  readonly rule: Rule;
  readonly settings: JudgeSettings;
  readonly context: JudgeContext;
  readonly state: RuleState;
  readonly atMs: number;
}

/** A case with new counts. */
export interface CountsCase extends Case {
  readonly reading: CountsReading;
}

/** How far back an increment goes, and whether it counts for the step. */
export interface Reach {
  readonly since: number;
  readonly inStep: boolean;
}

/** What a judgement comes to, before it is put into words. */
export interface Finding {
  readonly kind: VerdictKind;
  readonly outcome: Outcome;
  readonly reason: VerdictReason;
}

export const finding = {
  pass: (reason: VerdictReason): Finding => ({ kind: 'pass', outcome: 'none', reason }),
  suspect: (reason: VerdictReason): Finding => ({ kind: 'suspect', outcome: 'hold', reason }),
  breach: (reason: VerdictReason): Finding => ({ kind: 'breach', outcome: 'rollback', reason }),
  inconclusive: (reason: VerdictReason): Finding => ({ kind: 'inconclusive', outcome: 'none', reason }),
} as const;

/** ln(m/alpha): what a test must reach to convict. */
export const lnConvict = ({ rules, alpha }: JudgeSettings): number => Math.log(rules / alpha);

/** An E of 10 makes suspect: not enough to convict, too much to go on. */
export const lnSuspect = Math.log(10);
