/**
 * Evidence of one rule, as a few plain numbers that survive a restart (JSON).
 *
 *     release:  absolute, relative, relative3, window, stable's standing and dispersion, conviction  kept over steps and watch
 *     step:     counts, evidence of health, the looks of the compatible pass                        new with every step
 */
import type { Counts, SlowerThan } from '../metrics/reading.ts';
import { noCounts } from '../metrics/reading.ts';
import type { Rule } from '../rules/rule.ts';
import { burnWindows } from './burn-windows.ts';
import { grossWindowMs } from './gross-failure.ts';
import { type Evidence, noEvidence } from './mixture.ts';
import { nothingSeen, type SeenDispersion } from './seen-dispersion.ts';
import { type StableView, unseenStable } from './stable-view.ts';
import type { Verdict } from './verdict.ts';
import { emptyWindow, type Window } from './window.ts';

export interface RuleState {
  readonly version: 1;
  /** Set once, for the release: no later reading takes it back. */
  readonly convicted: Verdict | null;
  /** Newest sample time that was counted, epoch ms. */
  readonly lastAtMs: number | null;
  /** The canary's counts since its first traffic. */
  readonly canary: Counts;
  readonly absolute: Evidence;
  /** Worse than `rule.ratio` times stable; for a throughput rule: less than its share. */
  readonly relative: Evidence;
  /** Worse than three times stable. */
  readonly relative3: Evidence;
  /** Counts of both arms that wait until both have some: a tick without one arm would say nothing. */
  readonly pending: Pair & { readonly sinceMs: number | null; readonly slower?: readonly SlowerThan[] | undefined };
  /** Response times: the bounds whose bets make up `relative`, in their order; absent: one, the limit's. */
  readonly comparedAt?: readonly number[] | undefined;
  readonly window: Window;
  readonly burst: Window;
  /** What the pairs of a burn-rate rule look back over; none for other rules. */
  readonly burn: readonly Window[];
  /** What stable shows of its dispersion; left out by versions that did not look. */
  readonly seen?: SeenDispersion | undefined;
  readonly stable: StableView;
  /** An absolute breach was ascribed to the environment. */
  readonly environmentBad: boolean;
  /** Since stable went outside, until it was inside for a window. */
  readonly trouble?: Trouble;
  /** Point judge: how long the value was seen outside without a break, and since when. */
  readonly outside: { readonly forMs: number; readonly sinceMs: number | null };
  readonly step: StepState;
}

/** Of stable, or of both versions at once. */
export interface Trouble {
  readonly shared: boolean;
  /** What stable had shown of its dispersion when it began; null: nothing is learned here. */
  readonly seen: SeenDispersion | null;
}

export interface Pair {
  readonly canary: Counts;
  readonly stable: Counts;
}

export interface StepState {
  /** Index into the plan; null outside the steps; -1 before anything was judged. */
  readonly index: number | null;
  /** When its weight was applied: a step whose weight is not applied yet still has that of the one before. */
  readonly sinceMs: number;
  /** What the step's estimate rests on. */
  readonly counts: Pair;
  readonly health: Evidence;
  /** Canary events in this step at which the compatible pass is looked at next. */
  readonly nextLook: number;
  /** The last look let it pass. */
  readonly passed: boolean;
  readonly stableWasInside: boolean;
}

type StepKey = Pick<StepState, 'index' | 'sinceMs'>;

const noPair: Pair = { canary: noCounts, stable: noCounts };

export const startStep = ({ index, sinceMs }: StepKey, stable: StableView): StepState => ({
  index,
  sinceMs,
  counts: noPair,
  health: noEvidence,
  nextLook: 0,
  passed: false,
  stableWasInside: stable.insideSinceMs !== null,
});

export const startRuleState = (rule: Rule): RuleState => ({
  version: 1,
  convicted: null,
  lastAtMs: null,
  canary: noCounts,
  absolute: noEvidence,
  relative: noEvidence,
  relative3: noEvidence,
  pending: { ...noPair, sinceMs: null },
  window: emptyWindow(rule.windowMs),
  burst: emptyWindow(grossWindowMs),
  burn: burnWindows(rule),
  seen: nothingSeen,
  stable: unseenStable,
  environmentBad: false,
  outside: { forMs: 0, sinceMs: null },
  step: startStep({ index: -1, sinceMs: 0 }, unseenStable),
});
