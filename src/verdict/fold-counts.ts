/** One reading's increments, each once, into windows, totals and evidence. */
import { type Counts, noCounts, type Reading } from '../metrics/reading.ts';
import { absoluteTick, breachRatios } from './absolute.ts';
import { addToBurn } from './burn-windows.ts';
import type { CountsCase, Reach } from './case.ts';
import { addCounts, isCountable } from './counts.ts';
import { foldRelative } from './fold-relative.ts';
import { addHealth, healthRatios } from './health.ts';
import type { Measure } from './measured-as.ts';
import { addTick } from './mixture.ts';
import { onsetWeight } from './prior.ts';
import type { RuleState } from './rule-state.ts';
import { addSeen, nothingSeen, type SeenDispersion } from './seen-dispersion.ts';
import { leadOf } from './which-tests.ts';
import { addToWindow } from './window.ts';

/** Where the new increments begin: at the reading before. */
export const sinceOf = ({ state, reading }: CountsCase): number => state.lastAtMs ?? reading.aligned.fromMs;

/** The increments belong to this step alone: none began before its weight was applied, or while it warmed up. */
const withinStep = (given: CountsCase): boolean => sinceOf(given) >= given.context.weightSinceMs + given.rule.warmUpMs;

/** Where the canary's counts do not count, only stable is watched. */
export const foldStableOnly = (given: CountsCase): RuleState => {
  const { state, reading } = given;
  const increment = { atMs: reading.atMs, canary: noCounts, stable: reading.fresh.stable ?? noCounts };
  const window = addToWindow(state.window, increment);
  const burn = addToBurn(state.burn, increment);
  return { ...state, seen: spreadSeen(given), lastAtMs: reading.atMs, window, burn };
};

/** Over a conviction nothing is judged any more, but what users meet until the canary is gone is still counted. */
export const foldTotal = (state: RuleState, reading: Reading): RuleState =>
  reading.kind === 'counts' && isCountable(reading.fresh.canary)
    ? { ...state, lastAtMs: reading.atMs, canary: addCounts(state.canary, reading.fresh.canary) }
    : state;

export const foldCounts = (given: CountsCase, measure: Measure): RuleState => {
  const { state, reading, rule } = given;
  const { atMs, fresh } = reading;
  const increment = { atMs, canary: fresh.canary, stable: fresh.stable ?? noCounts };
  const folded = {
    ...state,
    seen: spreadSeen(given),
    lastAtMs: atMs,
    canary: addCounts(state.canary, fresh.canary),
    window: addToWindow(state.window, increment),
    burst: addToWindow(state.burst, increment),
    burn: addToBurn(state.burn, increment),
  };
  const reach = { since: sinceOf(given), inStep: withinStep(given) };
  const lead = leadOf(rule, measure);
  const first =
    measure.kind === 'fraction' && lead === 'absolute'
      ? foldAbsolute({ ...given, state: folded }, measure.p0, reach)
      : folded;
  const isAlone = rule.compare === 'absolute' && lead === 'absolute';
  return isAlone ? first : foldRelative({ ...given, state: first }, measure, reach);
};

/** Watched only where the dispersion is assumed: a known one is not changed by what is seen. */
const spreadSeen = (given: CountsCase): SeenDispersion | undefined => {
  const { settings, state, reading } = given;
  if (settings.from !== 'assumed' || reading.fresh.stable === null) return state.seen;
  const tick = { fromMs: sinceOf(given), toMs: reading.atMs, counts: reading.fresh.stable };
  return addSeen(state.seen ?? nothingSeen, tick);
};

const foldAbsolute = (given: CountsCase, p0: number, { since, inStep }: Reach): RuleState => {
  const { state, reading, settings } = given;
  const canary: Counts = reading.fresh.canary;
  const { phi, changePoint } = settings;
  const weight = onsetWeight(changePoint, state.absolute, reading.atMs - since);
  const absolute = addTick(state.absolute, absoluteTick({ p0, phi, ratios: breachRatios }, canary), weight);
  if (!inStep) return { ...state, absolute };
  const { step } = state;
  const counts = { ...step.counts, canary: addCounts(step.counts.canary, canary) };
  const health = addHealth(step.health, absoluteTick({ p0, phi, ratios: healthRatios }, canary));
  return { ...state, absolute, step: { ...step, counts, health } };
};
