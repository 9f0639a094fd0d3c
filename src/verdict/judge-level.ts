/** Judging a level (CPU, memory, disk): outside now, for how long, and whether stable excuses it. */
import type { LevelReading } from '../metrics/reading.ts';
import { type Case, finding } from './case.ts';
import { conclude, type Judged } from './conclude.ts';
import { isLevelOutside, stableSuffersToo } from './level.ts';
import type { Measure } from './measured-as.ts';
import { judgePoint } from './point.ts';

export const judgeLevel = (given: Case, measure: Measure, level: LevelReading): Judged => {
  const { rule, context, state } = given;
  const stableIsNumber = level.stable === null || Number.isFinite(level.stable);
  if (!Number.isFinite(level.canary) || !stableIsNumber)
    return conclude(given, { measure, found: finding.inconclusive('NoData'), because: 'a level that is no number' });
  if (context.raisedAtMs === null) {
    const because = 'the canary has no traffic yet';
    return conclude(given, { measure, found: finding.inconclusive('TooFewEvents'), level, because });
  }
  if (context.step !== null && level.atMs < context.weightSinceMs + rule.warmUpMs)
    return conclude(given, { measure, found: finding.inconclusive('WarmingUp'), level });
  if (rule.threshold.kind === 'drop-from-baseline' && level.stable === null)
    return conclude(given, {
      measure,
      found: finding.pass('NotApplicable'),
      because: 'stable has no level to compare with',
    });
  const judged = judgePoint(given, {
    canaryOutside: isLevelOutside(rule.threshold, level),
    stableSuffersToo: stableSuffersToo(rule.threshold, level),
    previousAtMs: state.lastAtMs,
  });
  return conclude({ ...given, state: judged.state }, { measure, found: judged.finding, level });
};
