/** What healthy means: one rule, as the judge sees it, after the words of the file were understood. */
import type { BurnPair } from './burn-rate.ts';
import type { Sli } from './sli.ts';

export type Severity = 'info' | 'warning' | 'critical';

/** When a measured value is outside. Ratios are fractions (0.1 % is 0.001), times are seconds. */
export type Threshold =
  | { readonly kind: 'ratio-above'; readonly ratio: number }
  | { readonly kind: 'seconds-above'; readonly seconds: number }
  | { readonly kind: 'drop-from-baseline'; readonly ratio: number };

export interface Rule {
  /** As evidence, verdicts and messages name it: `error_rate`, or `error_rate[/checkout]` for one of its routes. */
  readonly name: string;
  /** The route that it is judged for; null: all of them together. */
  readonly route: string | null;
  readonly alert: Severity;
  /** The threshold as the file has it, for people: `0.1%`, `500ms`, `-10% from baseline`. */
  readonly thresholdText: string;
  readonly threshold: Threshold;
  /** What the number on the screen, `suspect` and the point judge look back over. */
  readonly windowMs: number;
  readonly sli: Sli;
  readonly judge: 'sequential' | 'point';
  /** The threshold is an error budget, and these say how fast it may be used up; none: the threshold is the limit. */
  readonly burnRate: readonly BurnPair[];
  readonly compare: 'both' | 'absolute' | 'stable';
  /** "Worse than stable" starts at this ratio (r0). */
  readonly ratio: number;
  /** Canary requests that a `compatible` pass needs. */
  readonly minEvents: number;
  readonly advanceOn: 'compatible' | 'proven';
  /** Readings of a step's first milliseconds that do not count (latency, CPU, throughput). */
  readonly warmUpMs: number;
  /** How long a point rule must stay outside before it is a breach. */
  readonly forMs: number;
  readonly missing: 'hold' | 'ignore' | 'zero';
  /** Weights at which the rule applies; empty: at all. */
  readonly steps: readonly number[];
  /** Judged and shown, but moves nothing. */
  readonly dryRun: boolean;
  readonly description: string;
  readonly runbook: string;
  readonly owner: string;
  readonly at: RulePosition;
}

/** Where the rule stands in its file, so that a message can name the line. */
export interface RulePosition {
  readonly file: string;
  readonly line: number;
}

/** A file's rules. `hash` names the content: a release records which set it is judged by. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly hash: string;
  readonly file: string;
}
