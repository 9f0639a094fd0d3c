/**
 * The judge: one rule, one reading, one verdict. Pure: what it knows comes in, what it must remember goes out.
 *
 *     reading ─► fold (each increment once) ─► evidence ─► attribution ─► breach | suspect | pass | inconclusive
 *                      ▲                          │
 *                      └──────── RuleState ◄──────┘        a breach stays; health and pass begin anew with each step
 */
import { type Nothing, noCounts, type Reading } from '../metrics/reading.ts';
import type { Rule } from '../rules/rule.ts';
import { type Case, finding } from './case.ts';
import { conclude, type Judged } from './conclude.ts';
import type { JudgeContext } from './context.ts';
import { foldStableOnly, foldTotal } from './fold-counts.ts';
import { judgeAlert } from './judge-alert.ts';
import { judgeCounts } from './judge-counts.ts';
import { judgeLevel } from './judge-level.ts';
import { judgePast } from './judge-past.ts';
import { type Measure, measureOf } from './measured-as.ts';
import { type RuleState, startStep } from './rule-state.ts';
import { seenPhi } from './seen-dispersion.ts';
import type { JudgeSettings } from './settings.ts';
import { appliesHere } from './which-tests.ts';

export { startRuleState } from './rule-state.ts';

export interface Look {
  readonly state: RuleState;
  readonly reading: Reading;
  readonly context: JudgeContext;
}

/** Each reading is judged once: a second look at the same one would count it twice. */
export const judge = (rule: Rule, settings: JudgeSettings, look: Look): Judged => {
  if (look.state.convicted !== null)
    return { state: foldTotal(look.state, look.reading), verdict: look.state.convicted };
  const { reading, context } = look;
  const measure = measureOf(rule);
  const state = enterStep(look.state, context);
  const given: Case = { rule, settings: asSeen(settings, state), context, state, atMs: reading.atMs };
  if (!appliesHere(given, measure)) return judgeElsewhere(given, measure, reading);
  return reading.kind === 'nothing' ? judgeNothing(given, measure, reading) : judgeReading(given, measure, reading);
};

/** By what was seen before this reading: evidence stays valid when the dispersion of a tick does not depend on the tick. */
const asSeen = (settings: JudgeSettings, { seen }: RuleState): JudgeSettings => {
  const phi = settings.from === 'assumed' && seen !== undefined ? seenPhi(seen) : null;
  return phi === null ? settings : { ...settings, phi };
};

const enterStep = (state: RuleState, context: JudgeContext): RuleState => {
  const key = { index: context.step, sinceMs: context.weightSinceMs };
  if (state.step.index === key.index && state.step.sinceMs === key.sinceMs) return state;
  const pending = { canary: noCounts, stable: noCounts, sinceMs: null };
  return { ...state, pending, step: startStep(key, state.stable) };
};

const judgeReading = (given: Case, measure: Measure, reading: Exclude<Reading, Nothing>): Judged => {
  if (reading.kind === 'level' && measure.kind === 'level') return judgeLevel(given, measure, reading);
  if (reading.kind === 'alert' && measure.kind === 'alert') return judgeAlert(given, measure, reading);
  if (reading.kind === 'volume' && measure.kind === 'past') return judgePast(given, measure, reading);
  if (reading.kind === 'counts' && (measure.kind === 'fraction' || measure.kind === 'share'))
    return judgeCounts({ ...given, reading }, measure);
  const because = `${reading.kind} where ${expected[measure.kind]} expected`;
  return conclude(given, { measure, found: finding.inconclusive('NoData'), because });
};

const expected: Readonly<Record<Measure['kind'], string>> = {
  level: 'a level was',
  past: 'totals were',
  alert: 'an alert was',
  fraction: 'counts were',
  share: 'counts were',
};

/** The rule does not apply at this weight; stable is still watched for when it does. */
const judgeElsewhere = (given: Case, measure: Measure, reading: Reading): Judged => {
  const state = reading.kind === 'counts' ? foldStableOnly({ ...given, reading }) : given.state;
  return conclude({ ...given, state }, { measure, found: finding.pass('NotApplicable') });
};

/** Silence leaves all evidence as it is: it convicts nobody and lets nobody pass, unless the rule says what it means. */
const judgeNothing = (given: Case, measure: Measure, reading: Nothing): Judged => {
  const because = reading.message;
  if (reading.reason === 'NotApplicable')
    return conclude(given, { measure, found: finding.pass('NotApplicable'), because });
  const absent = reading.reason === 'NoSeries' || reading.reason === 'NoTraffic';
  if (absent && given.rule.missing === 'ignore')
    return conclude(given, { measure, found: finding.pass('Ignored'), because });
  if (absent && given.rule.missing === 'zero') return judgeReading(given, measure, zeroReading(given, measure));
  return conclude(given, { measure, found: finding.inconclusive('NoData'), because });
};

const zeroReading = ({ atMs, state }: Case, measure: Measure): Exclude<Reading, Nothing> => {
  if (measure.kind === 'level') return { kind: 'level', atMs, canary: 0, stable: null };
  const aligned = { fromMs: state.lastAtMs ?? atMs, toMs: atMs, canary: noCounts, stable: noCounts };
  return { kind: 'counts', atMs, fresh: { canary: noCounts, stable: noCounts }, aligned };
};
