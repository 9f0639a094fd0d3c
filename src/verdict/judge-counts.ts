/** Judging counted events: fold them, look for gross failure, weigh the evidence, or compare literally if the rule asks. */
import { lookAtBurn } from './burn.ts';
import { type Case, type CountsCase, finding } from './case.ts';
import { conclude, type Judged } from './conclude.ts';
import { isCountable } from './counts.ts';
import { isInside, windowOf } from './estimate.ts';
import { foldCounts, foldStableOnly, sinceOf } from './fold-counts.ts';
import { isGrossFailure } from './gross-failure.ts';
import type { Measure } from './measured-as.ts';
import { judgePoint } from './point.ts';
import type { RuleState } from './rule-state.ts';
import { withStable } from './ruling.ts';
import { followTrouble } from './shared-trouble.ts';
import type { Told } from './verdict-of.ts';
import { eventsLacking, weigh } from './weigh.ts';
import { leadOf } from './which-tests.ts';

export const judgeCounts = (given: CountsCase, measure: Measure): Judged => {
  const { reading } = given;
  if (!areCountable(reading))
    return conclude(given, { measure, found: finding.inconclusive('NoData'), because: 'counts that are no numbers' });
  if (given.context.raisedAtMs === null)
    return waitFor(given, measure, {
      found: finding.inconclusive('TooFewEvents'),
      because: 'the canary has no traffic yet',
    });
  if (isWarmingUp(given)) return waitFor(given, measure, { found: finding.inconclusive('WarmingUp') });
  const folded: Case = { ...given, state: stableSeen(given, measure, foldCounts(given, measure)) };
  if (isGross(given, measure, folded.state))
    return conclude(folded, { measure, found: finding.breach('GrossFailure') });
  if (given.rule.judge === 'point') return judgeLiterally(folded, measure, given.state.lastAtMs);
  const { state, finding: found } = weigh(folded, measure);
  return conclude({ ...folded, state }, { measure, found, because: reading.note });
};

const areCountable = ({ fresh, aligned }: CountsCase['reading']): boolean =>
  isCountable(fresh.canary) &&
  (fresh.stable === null || isCountable(fresh.stable)) &&
  isCountable(aligned.canary) &&
  isCountable(aligned.stable);

/** Nothing of the canary's counts yet; stable is watched. */
const waitFor = (given: CountsCase, measure: Measure, told: Omit<Told, 'measure'>): Judged =>
  conclude({ ...given, state: stableSeen(given, measure, foldStableOnly(given)) }, { measure, ...told });

const isWarmingUp = (given: CountsCase): boolean => {
  const { rule, context } = given;
  return rule.warmUpMs > 0 && context.step !== null && sinceOf(given) < context.weightSinceMs + rule.warmUpMs;
};

const stableSeen = (given: Case, measure: Measure, state: RuleState): RuleState =>
  measure.kind === 'fraction' && leadOf(given.rule, measure) === 'absolute'
    ? followTrouble(given, withStable({ ...given, state }, measure.p0), measure.p0)
    : state;

/** Only for failed requests, where the limit itself is far from "half of them". */
const isGross = (given: CountsCase, measure: Measure, { burst }: RuleState): boolean =>
  measure.kind === 'fraction' &&
  given.rule.sli.kind === 'ratio' &&
  measure.p0 <= 0.05 &&
  isGrossFailure({ burst, reading: given.reading, sinceMs: sinceOf(given), split: given.context.split });

/** `judge: point` on counts: the estimate over the window against the limit, outside for as long as `for`. */
const judgeLiterally = (given: Case, measure: Measure, previousAtMs: number | null): Judged => {
  const window = windowOf(given);
  if (window.canary.events === 0) return conclude(given, { measure, found: finding.inconclusive('NoData') });
  const burn = measure.kind === 'fraction' && given.rule.burnRate.length > 0 ? lookAtBurn(given, measure.p0) : null;
  const isShared = burn !== null && burn.outside && burn.shared;
  const canaryOutside = burn === null ? !isInside(given, measure, window) : burn.outside && !burn.shared;
  const { state, finding: found } = judgePoint(given, { canaryOutside, stableSuffersToo: false, previousAtMs });
  if (isShared) return conclude({ ...given, state }, { measure, found: finding.suspect('StableSuffersToo') });
  const tooFew = found.kind === 'pass' && eventsLacking(given) > 0;
  return conclude({ ...given, state }, { measure, found: tooFew ? finding.inconclusive('TooFewEvents') : found });
};
