/** Judging an alert: firing for the canary as long as `for` is a breach; firing for anybody else holds, and takes nothing back. */
import type { AlertReading, Firing } from '../metrics/reading.ts';
import { type Case, finding } from './case.ts';
import { conclude, type Judged } from './conclude.ts';
import type { JudgeContext } from './context.ts';
import type { Measure } from './measured-as.ts';
import { judgePoint } from './point.ts';
import { moment } from './words.ts';

export const judgeAlert = (given: Case, measure: Measure, reading: AlertReading): Judged => {
  const hadTraffic = given.context.raisedAtMs !== null;
  const canaryOutside = reading.canary !== null && hadTraffic;
  const previousAtMs = given.state.lastAtMs;
  const { state, finding: found } = judgePoint(given, { canaryOutside, stableSuffersToo: false, previousAtMs });
  const because = whose(reading, given.context);
  const isElsewhere = because !== null && !canaryOutside;
  const level = {
    kind: 'level',
    atMs: reading.atMs,
    canary: reading.canary === null ? 0 : 1,
    stable: reading.stable === null ? 0 : 1,
  } as const;
  return conclude(
    { ...given, state },
    {
      measure,
      found: isElsewhere ? finding.suspect('AlertElsewhere') : found,
      level,
      ...(because === null ? {} : { because }),
    },
  );
};

const whose = ({ canary, stable, neither }: AlertReading, { raisedAtMs }: JudgeContext): string | null => {
  if (canary !== null)
    return raisedAtMs !== null ? since(canary) : `the canary, which has no traffic yet, ${since(canary)}`;
  if (stable !== null) return `for stable ${since(stable)}`;
  return neither === null ? null : `with labels of neither version ${since(neither)}`;
};

const since = ({ sinceMs }: Firing): string => (sinceMs === null ? 'now' : `since ${moment(sinceMs)}`);
