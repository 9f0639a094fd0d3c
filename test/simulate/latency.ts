/** Relative latency over five bounds of a histogram, through the product's own judge: counts in, verdicts out. */
import type { CountsReading } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { judge } from '../../src/verdict/judge.ts';
import { type RuleState, startRuleState } from '../../src/verdict/rule-state.ts';
import { atStep, settings as defaults, p95 } from '../verdict/a-rule.ts';
import { convictedAt, type Ending, open } from './ending.ts';
import { tickSeconds, ticks } from './one-rule.ts';
import { poisson, type Random } from './random.ts';

const rule: Rule = { ...p95, compare: 'stable', ratio: 1, warmUpMs: 0 };
const settings = { ...defaults, alpha: 0.01, rules: 1 };

const bounds = [0.1, 0.15, 0.25, 0.5, 1] as const;

/** Part of the healthy requests slower than each bound: log-normal, median 0.1 s, sigma 0.5. */
const slowerThan = [0.5, 0.2087, 0.03343, 0.000643, 0.0000021] as const;

/** `stuck`: part of the canary's requests that takes 1.5 s. */
export const relativeLatency = (random: Random, { stuck, total }: { stuck: number; total: number }): Ending => {
  let state: RuleState = startRuleState(rule);
  for (let tick = 1; tick <= ticks; tick++) {
    const atMs = tick * tickSeconds * 1000;
    const canary = slower(random, total * 0.25 * tickSeconds, stuck);
    const stable = slower(random, total * 0.75 * tickSeconds, 0);
    const judged = judge(rule, settings, { state, reading: readingOf(atMs, canary, stable), context: atStep() });
    if (judged.verdict.kind === 'breach') return convictedAt((tick * tickSeconds) / 60);
    state = judged.state;
  }
  return open;
};

interface Times {
  readonly events: number;
  /** Slower than each of the bounds. */
  readonly bad: readonly number[];
}

const limitAt = bounds.indexOf(0.5);

const readingOf = (atMs: number, canary: Times, stable: Times): CountsReading => {
  const at = ({ events, bad }: Times, i: number) => ({ events, bad: bad[i] ?? 0 });
  const arms = { canary: at(canary, limitAt), stable: at(stable, limitAt) };
  const slower = bounds.map((bound, i) => ({ bound, canary: at(canary, i).bad, stable: at(stable, i).bad }));
  const fromMs = atMs - tickSeconds * 1000;
  return { kind: 'counts', atMs, fresh: arms, aligned: { fromMs, toMs: atMs, ...arms, slower } };
};

/** Requests of one tick, and how many were slower than each bound. */
const slower = (random: Random, mean: number, stuck: number): Times => {
  const stuckRequests = poisson(random, mean * stuck);
  const between = slowerThan.map((part, i) => poisson(random, mean * (1 - stuck) * (part - (slowerThan[i + 1] ?? 0))));
  const bad = slowerThan.map((_, i) => between.slice(i).reduce((sum, n) => sum + n, stuckRequests));
  return { events: (bad[0] as number) + poisson(random, mean * (1 - stuck) * (1 - slowerThan[0])), bad };
};
