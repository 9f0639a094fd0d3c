/** The aligned counts of both arms into the tests that compare them: relative, three times worse, and share. */
import { noCounts, type SlowerThan } from '../metrics/reading.ts';
import { breachRatios } from './absolute.ts';
import type { CountsCase, Reach } from './case.ts';
import { addCounts } from './counts.ts';
import { addHealth, healthRatios } from './health.ts';
import type { Measure } from './measured-as.ts';
import { addTick, type Evidence, type Tick } from './mixture.ts';
import { addSlower, boundsOf, relativeOver } from './over-bounds.ts';
import { onsetWeight } from './prior.ts';
import { relativeTick } from './relative.ts';
import type { Pair, RuleState } from './rule-state.ts';
import { keptShareRatios, lostShareRatios, shareTick } from './share.ts';
import { comparable, leadOf } from './which-tests.ts';

const nothingPending: RuleState['pending'] = { canary: noCounts, stable: noCounts, sinceMs: null };

/** A share is judged in the end also when one arm stays silent; it is waited for this long. */
const silenceMs = 60_000;

export const foldRelative = (given: CountsCase, measure: Measure, reach: Reach): RuleState => {
  const { state, reading } = given;
  if (!comparable(given)) return state;
  const { fromMs, toMs, canary, stable, slower } = reading.aligned;
  if (measure.kind === 'share' && (fromMs < given.context.weightSinceMs || !reach.inStep)) return state;
  const { pending } = state;
  const sinceMs = pending.sinceMs ?? fromMs;
  const both: Pair = { canary: addCounts(pending.canary, canary), stable: addCounts(pending.stable, stable) };
  const atBounds = slower && addSlower(pending.slower, slower);
  const silentTooLong = measure.kind === 'share' && toMs - sinceMs >= silenceMs;
  if ((both.canary.events === 0 || both.stable.events === 0) && !silentTooLong)
    return { ...state, pending: { canary: both.canary, stable: both.stable, sinceMs, slower: atBounds } };
  const next = { ...state, pending: nothingPending };
  const tick = { both, slower: atBounds, sinceMs, atMs: toMs, inStep: reach.inStep };
  return measure.kind === 'share'
    ? foldShare({ ...given, state: next }, measure.drop, tick)
    : foldWorse({ ...given, state: next }, measure, tick);
};

interface AlignedTick {
  readonly both: Pair;
  readonly slower: readonly SlowerThan[] | undefined;
  readonly sinceMs: number;
  readonly atMs: number;
  readonly inStep: boolean;
}

const foldWorse = (given: CountsCase, measure: Measure, tick: AlignedTick): RuleState => {
  const { state, rule, settings } = given;
  const { canary, stable } = tick.both;
  const { phi } = settings;
  const add = (evidence: Evidence, said: Tick): Evidence => addTick(evidence, said, weightOf(given, evidence, tick));
  const comparedAt = boundsOf(state, tick.slower);
  const worse = relativeOver(comparedAt, { ratio: rule.ratio, phi, ratios: breachRatios }, tick);
  const worse3 = relativeTick({ ratio: 3, phi, ratios: breachRatios }, canary, stable);
  const next = {
    ...state,
    comparedAt,
    relative: add(state.relative, worse),
    relative3: rule.compare === 'both' ? add(state.relative3, worse3) : state.relative3,
  };
  if (leadOf(rule, measure) === 'absolute' || !tick.inStep) return next;
  const better = relativeTick({ ratio: rule.ratio, phi, ratios: healthRatios }, canary, stable);
  return countInStep(next, tick.both, better);
};

const foldShare = (given: CountsCase, drop: number, tick: AlignedTick): RuleState => {
  const { state, context, settings } = given;
  const { canary, stable } = tick.both;
  const test = { weight: context.weight / 100, drop, phi: settings.phi };
  const lost = shareTick({ ...test, ratios: lostShareRatios }, canary.events, stable.events);
  const kept = shareTick({ ...test, ratios: keptShareRatios }, canary.events, stable.events);
  const relative = addTick(state.relative, lost, weightOf(given, state.relative, tick));
  return countInStep({ ...state, relative }, tick.both, kept);
};

const weightOf = ({ settings }: CountsCase, evidence: Evidence, tick: AlignedTick): number =>
  onsetWeight(settings.changePoint, evidence, tick.atMs - tick.sinceMs);

const countInStep = (state: RuleState, both: Pair, health: Tick): RuleState => {
  const { step } = state;
  const counts = {
    canary: addCounts(step.counts.canary, both.canary),
    stable: addCounts(step.counts.stable, both.stable),
  };
  return { ...state, step: { ...step, counts, health: addHealth(step.health, health) } };
};
