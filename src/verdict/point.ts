/** The point judge: is the value outside now, and for how long without a break? For gauges, and where a rule asks for it. */
import { type Case, type Finding, finding } from './case.ts';
import type { RuleState } from './rule-state.ts';

export interface PointLook {
  readonly canaryOutside: boolean;
  /** Stable is outside, too, and the canary hardly worse: not the canary's fault. */
  readonly stableSuffersToo: boolean;
  /** When the reading before was taken; null: this is the first. */
  readonly previousAtMs: number | null;
}

export interface PointJudged {
  readonly state: RuleState;
  readonly finding: Finding;
}

export const judgePoint = (given: Case, look: PointLook): PointJudged => {
  const { state, rule, atMs } = given;
  if (!look.canaryOutside) return { state: seen(given, 0, null), finding: finding.pass('Compatible') };
  if (look.stableSuffersToo) return { state: seen(given, 0, null), finding: finding.inconclusive('StableSuffersToo') };
  const sinceMs = state.outside.sinceMs ?? atMs;
  const forMs = state.outside.sinceMs === null ? 0 : state.outside.forMs + seenMs(given, look.previousAtMs);
  const next = seen(given, forMs, sinceMs);
  const isBreach = forMs >= rule.forMs;
  return { state: next, finding: isBreach ? finding.breach('Breach') : finding.suspect('OutsideThreshold') };
};

/** Time that the last reading vouches for: a gap longer than a quarter of `for` was blindness, not persistence. */
const seenMs = ({ rule, atMs }: Case, previousAtMs: number | null): number =>
  Math.min(Math.max(0, atMs - (previousAtMs ?? atMs)), Math.max(rule.forMs / 4, 1));

const seen = ({ state, atMs }: Case, forMs: number, sinceMs: number | null): RuleState => ({
  ...state,
  lastAtMs: atMs,
  outside: { forMs, sinceMs },
});
