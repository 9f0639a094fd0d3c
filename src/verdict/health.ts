/** Evidence of health: the same tests with bets on "better than the limit". It belongs to one step of the plan. */
import { addTick, type Evidence, type Tick } from './mixture.ts';

export const healthRatios: readonly number[] = [0.8, 0.65, 0.5, 0.35, 0.2, 0.1, 0.02];

/** Health has no onset: all of the prior is on the step's first tick. */
export const addHealth = (evidence: Evidence, tick: Tick): Evidence =>
  addTick(evidence, tick, evidence.lnA.length === 0 ? 1 : 0);

/** Proven: E of health, now, is at least 1/beta. */
export const isProven = (evidence: Evidence, beta: number): boolean => evidence.lnNow >= -Math.log(beta);
