/** A finding with the numbers and the sentence that go with it. */
import type { LevelReading, VolumeReading } from '../metrics/reading.ts';
import { type Case, type Finding, lnConvict } from './case.ts';
import { shownLimit, shownValue, windowOf } from './estimate.ts';
import type { Measure } from './measure.ts';
import { messageOf } from './message.ts';
import { stableHasTraffic } from './stable-view.ts';
import { errorsToConvict } from './to-convict.ts';
import type { Verdict } from './verdict.ts';

export interface Told {
  readonly measure: Measure;
  readonly found: Finding;
  readonly level?: LevelReading;
  readonly volume?: VolumeReading;
  /** Why there is no number, from the reading itself. */
  readonly because?: string;
}

export const verdictOf = (given: Case, told: Told): Verdict => {
  const { measure, found, because } = told;
  const { rule, state, settings } = given;
  const { canary, stable } = valuesOf(given, told);
  const limit = shownLimit(given, measure);
  const more = found.kind === 'breach' ? null : errorsToConvict(given, measure);
  const message = messageOf(given, measure, { found, shown: { canary, stable, limit, errorsToConvict: more } });
  return {
    rule: rule.name,
    alert: rule.alert,
    kind: found.kind,
    outcome: found.outcome,
    reason: found.reason,
    message: because === undefined ? message : `${message} (${because})`,
    canary,
    stable,
    limit,
    errorsToConvict: more,
    events: state.canary.events,
    stepEvents: state.step.counts.canary.events,
    lnAbsolute: state.absolute.lnMax,
    lnRelative: state.relative.lnMax,
    lnHealth: state.step.health.lnNow,
    lnConvict: lnConvict(settings),
    advisory: rule.dryRun || rule.alert === 'info',
  };
};

const valuesOf = (given: Case, { measure, found, level, volume }: Told): Pick<Verdict, 'canary' | 'stable'> => {
  if (level !== undefined) return { canary: level.canary, stable: level.stable };
  if (measure.kind === 'past') return { canary: partOfPast(volume), stable: null };
  if (found.reason === 'NotApplicable') return { canary: null, stable: null };
  const window = windowOf(given);
  const hasStable = stableHasTraffic(window.stable, given.context);
  return {
    canary: shownValue(measure, 'canary', window),
    stable: hasStable ? shownValue(measure, 'stable', window) : null,
  };
};

/** Requests now, as a part of those then. */
const partOfPast = (volume: VolumeReading | undefined): number | null =>
  volume === undefined || volume.then === null || volume.then === 0 ? null : volume.now / volume.then;
