/** A rollout to try rules on: what the metrics show over virtual time, what happens on the way, and what is expected of it. */
import type { Position } from '../lib/config-file/line-map.ts';
import type { Series } from '../metrics/series.ts';
import type { CommandKind } from '../release/command.ts';
import type { Plan } from '../release/plan.ts';
import type { PhaseName, Release } from '../release/release.ts';
import type { RuleSet } from '../rules/rule.ts';
import type { JudgeSettings } from '../verdict/settings.ts';
import type { VerdictKind } from '../verdict/verdict.ts';
import type { Recorded } from './recording/recorded.ts';

/** All times are ms since the release was started. */
export interface Scenario {
  readonly name: string;
  readonly file: string;
  readonly at: Position;
  readonly rules: RuleSet;
  readonly plan: Plan;
  readonly judge: Omit<JudgeSettings, 'rules'>;
  readonly mode: Release['mode'];
  /** Plan, rules and judge have been made so many times faster; 1: as written. */
  readonly compression: number;
  /** How often the metrics are looked at. */
  readonly intervalMs: number;
  /** Instances of stable, and how long those of the canary take to become ready. */
  readonly replicas: number;
  /** Of the instances started for each step; the last holds for all further ones. */
  readonly readyAfterMs: readonly number[];
  readonly metrics: Metrics;
  readonly events: readonly TimedEvent[];
  readonly expected: readonly Expectation[];
  readonly outcome: ExpectedOutcome | null;
  /** null: when all that is expected has been seen. */
  readonly untilMs: number | null;
}

export type Metrics =
  | { readonly kind: 'traffic'; readonly traffic: Traffic; readonly seed: number | null }
  /** As scraped each `intervalMs` from time 0 on. */
  | {
      readonly kind: 'series';
      readonly canary: readonly GivenSeries[];
      readonly stable: readonly GivenSeries[];
      /** Alerts that carry the labels of neither version. */
      readonly neither: readonly GivenSeries[];
    }
  /** What a real release read, look by look. */
  | { readonly kind: 'recording'; readonly recorded: Recorded };

export interface GivenSeries extends Pick<Series, 'metric' | 'labels'> {
  /** One an interval; null: none was scraped then. */
  readonly values: readonly (number | null)[];
}

/** What users send, and how each version fares; the weight splits it. */
export interface Traffic {
  readonly perSecond: number;
  readonly canary: ArmTraffic;
  readonly stable: ArmTraffic;
  /** Those that fare otherwise than the rest, by name. */
  readonly routes: Readonly<Record<string, RouteTraffic>>;
  /** Alerts that fire with the labels of neither version, by the names of their rules. */
  readonly firing: readonly string[];
  /** Requests a second at the time that a rule with a past baseline compares with; null: as many as in the beginning. */
  readonly past: number | null;
}

/** What is not said is as for all of the arm's requests. */
export interface RouteTraffic {
  /** Fraction of all requests. */
  readonly share: number;
  readonly canary?: Partial<RequestsFare> | undefined;
  readonly stable?: Partial<RequestsFare> | undefined;
}

/** Fractions of the arm's requests. */
export interface RequestsFare {
  readonly errors: number;
  /** Slower than the limit of whatever rule of response times. */
  readonly slow: number;
  /** Sent to it, and never counted by it. */
  readonly lost: number;
}

export interface ArmTraffic extends RequestsFare {
  /** Of rules that look at a level, by the rule's name. */
  readonly levels: Readonly<Record<string, number>>;
  /** Alerts that fire for it, by the names of their rules. */
  readonly firing: readonly string[];
}

export type TrafficChange = {
  readonly perSecond?: number | undefined;
  readonly canary?: Partial<ArmTraffic> | undefined;
  readonly stable?: Partial<ArmTraffic> | undefined;
  readonly routes?: Readonly<Record<string, Omit<RouteTraffic, 'share'>>> | undefined;
  readonly firing?: readonly string[] | undefined;
};

export interface TimedEvent {
  readonly atMs: number;
  readonly event: ScenarioEvent;
}

export type ScenarioEvent =
  | { readonly kind: 'order'; readonly order: CommandKind; readonly who: string; readonly reason: string }
  | { readonly kind: 'metrics'; readonly are: 'away' | 'back' }
  | { readonly kind: 'instances'; readonly of: 'canary' | 'stable'; readonly lost: number | 'all' }
  | { readonly kind: 'ready'; readonly of: 'canary' | 'stable' }
  | { readonly kind: 'traffic'; readonly change: TrafficChange }
  /** Somebody else writes the weight. */
  | { readonly kind: 'weight'; readonly weight: number }
  /** The data plane starts anew with this weight; or its route says of this release that it was taken back. */
  | { readonly kind: 'router'; readonly is: 'restarted' | 'latched'; readonly weight: number }
  /** Nobody looks for so long; then another controller takes over. */
  | { readonly kind: 'controller'; readonly awayMs: number }
  | { readonly kind: 'supersede'; readonly revision: string };

export type DecisionKind = 'hold' | 'advance' | 'promote' | 'rollback';

export interface Expectation {
  readonly when:
    | { readonly kind: 'at'; readonly atMs: number }
    /** At some look up to then. */
    | { readonly kind: 'by'; readonly byMs: number }
    /** At every look from there to there. */
    | { readonly kind: 'throughout'; readonly fromMs: number; readonly toMs: number };
  readonly at: Position;
  readonly decision: DecisionKind | null;
  readonly reason: string | null;
  readonly rule: string | null;
  readonly phase: PhaseName | null;
  /** Canary percent that users have. */
  readonly weight: number | null;
  readonly verdicts: readonly ExpectedVerdict[];
}

export interface ExpectedVerdict {
  readonly rule: string;
  readonly kind: VerdictKind;
  readonly reason: string | null;
}

export type OutcomeName = 'promoted' | 'succeeded' | 'rolledBack' | 'failed' | 'open';

export interface ExpectedOutcome {
  readonly is: OutcomeName;
  readonly reason: string | null;
  readonly rule: string | null;
  readonly byMs: number | null;
  readonly at: Position;
}
