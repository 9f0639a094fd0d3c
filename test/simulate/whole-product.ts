/** The real judge walked through the default plan by a small gate: the second table. */
import { noCounts } from '../../src/metrics/reading.ts';
import type { JudgeContext } from '../../src/verdict/context.ts';
import { judge } from '../../src/verdict/judge.ts';
import { type RuleState, startRuleState } from '../../src/verdict/rule-state.ts';
import type { JudgeSettings } from '../../src/verdict/settings.ts';
import { type Arms, settings as defaults, errorRate, readingOf } from '../verdict/a-rule.ts';
import { arrive, burstingArm, type LastingBursts } from './arrivals.ts';
import { convictedAt, type Ending, open } from './ending.ts';
import type { Random } from './random.ts';

export const plan = [
  { weight: 25, bakeMinutes: 10 },
  { weight: 50, bakeMinutes: 15 },
  { weight: 100, bakeMinutes: 30 },
] as const;
export const planMinutes = plan.reduce((sum, step) => sum + step.bakeMinutes, 0);
const limitMinutes = 120;
const tickMs = 15_000;

export interface Release {
  /** Requests a second, both arms together. */
  readonly total: number;
  readonly canary: number;
  readonly stable: number;
  readonly settings?: Partial<JudgeSettings>;
  /** How errors come; left out: one by one. */
  readonly lasting?: LastingBursts;
}

export const release = (random: Random, given: Release): Ending => {
  const settings = { ...defaults, ...given.settings };
  let state: RuleState = startRuleState(errorRate);
  let step = 0;
  let sinceMs = 0;
  const draw = given.lasting === undefined ? oneByOne(random, given) : lasting(random, given, given.lasting);
  for (let nowMs = tickMs; nowMs <= limitMinutes * 60_000; nowMs += tickMs) {
    const context = contextOf(step, sinceMs, nowMs);
    const reading = readingOf(nowMs, draw(context.weight / 100));
    const judged = judge(errorRate, settings, { state, reading, context });
    state = judged.state;
    if (judged.verdict.outcome === 'rollback') return convictedAt(nowMs / 60_000);
    if (judged.verdict.kind !== 'pass' || !context.bakeEnded) continue;
    step += 1;
    sinceMs = nowMs;
    if (step === plan.length) return { kind: 'promoted', minutes: nowMs / 60_000 };
  }
  return open;
};

const contextOf = (step: number, sinceMs: number, nowMs: number): JudgeContext => {
  const { weight, bakeMinutes } = plan[step] as (typeof plan)[number];
  return {
    nowMs,
    step,
    weight,
    split: weight < 100,
    weightSinceMs: sinceMs,
    raisedAtMs: sinceMs,
    bakeEnded: nowMs - sinceMs >= bakeMinutes * 60_000,
    stableProbes: 'pass',
  };
};

type Draw = (weight: number) => Arms;

const oneByOne =
  (random: Random, given: Release): Draw =>
  (weight) => ({
    canary: arrive(random, { perSecond: given.total * weight, errorRate: given.canary }, tickMs / 1000),
    stable:
      weight === 1
        ? noCounts
        : arrive(random, { perSecond: given.total * (1 - weight), errorRate: given.stable }, tickMs / 1000),
  });

/** Each arm has bursts of its own. */
const lasting = (random: Random, given: Release, bursts: LastingBursts): Draw => {
  const canary = burstingArm(random, bursts, tickMs / 1000);
  const stable = burstingArm(random, bursts, tickMs / 1000);
  return (weight) => ({
    canary: canary({ perSecond: given.total * weight, errorRate: given.canary }),
    stable: stable({ perSecond: given.total * (1 - weight), errorRate: given.stable }),
  });
};
