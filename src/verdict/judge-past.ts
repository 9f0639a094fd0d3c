/**
 * Judging the traffic of the whole service by that of another day: the plain comparison of two totals, which may be off for
 * reasons of its own (a holiday, a campaign). So it only ever warns, and the false-alarm promise does not cover it.
 */
import type { VolumeReading } from '../metrics/reading.ts';
import { type Case, finding } from './case.ts';
import { conclude, type Judged } from './conclude.ts';
import type { Measure } from './measured-as.ts';
import { judgePoint } from './point.ts';
import { count, daysAgo } from './words.ts';

export type PastMeasure = Extract<Measure, { readonly kind: 'past' }>;

export const judgePast = (given: Case, measure: PastMeasure, volume: VolumeReading): Judged => {
  const { rule, context, state } = given;
  const unknown = (because: string): Judged =>
    conclude(given, { measure, found: finding.inconclusive('NoData'), volume, because });
  const { now, then } = volume;
  if (context.raisedAtMs === null) return unknown('the canary has no traffic yet');
  if (then === null) return unknown(`nothing was counted ${at(measure)}: compared as soon as there is such a past`);
  if (then < rule.minEvents)
    return unknown(`${count(then)} requests ${at(measure)}, and ${count(rule.minEvents)} are needed to compare with`);
  const judged = judgePoint(given, {
    canaryOutside: now < (1 - measure.drop) * then,
    stableSuffersToo: false,
    previousAtMs: state.lastAtMs,
  });
  return conclude({ ...given, state: judged.state }, { measure, found: judged.finding, volume });
};

const at = ({ agoMs }: PastMeasure): string => `at this time ${daysAgo(agoMs)}`;
