/** A finding with the numbers that go with it; its sentence is made when somebody reads it. */
import type { LevelReading, VolumeReading } from '../metrics/reading.ts';
import type { Severity } from '../rules/rule.ts';
import { type Case, type Finding, lnConvict } from './case.ts';
import { shownLimit, shownValue, windowOf } from './estimate.ts';
import type { Measure } from './measured-as.ts';
import { messageOf } from './message.ts';
import { stableHasTraffic } from './stable-view.ts';
import { errorsToConvict } from './to-convict.ts';
import type { Outcome, Verdict, VerdictKind, VerdictReason } from './verdict.ts';

export interface Told {
  readonly measure: Measure;
  readonly found: Finding;
  readonly level?: LevelReading;
  readonly volume?: VolumeReading;
  /** Why there is no number, from the reading itself. */
  readonly because?: string | undefined;
}

/** A breach is told at once: it is kept, and read. */
export const verdictOf = (given: Case, told: Told): Verdict => {
  const verdict = new JudgedVerdict(given, told);
  return told.found.kind === 'breach' ? verdict.toJSON() : verdict;
};

/** Most looks are read by nobody: the sentence, and what would convict, are worked out for those that are. */
class JudgedVerdict implements Verdict {
  readonly rule: string;
  readonly alert: Severity;
  readonly kind: VerdictKind;
  readonly outcome: Outcome;
  readonly reason: VerdictReason;
  readonly canary: number | null;
  readonly stable: number | null;
  readonly limit: number;
  readonly events: number;
  readonly stepEvents: number;
  readonly lnAbsolute: number;
  readonly lnRelative: number;
  readonly lnHealth: number;
  readonly lnConvict: number;
  readonly advisory: boolean;
  readonly #given: Case;
  readonly #told: Told;

  constructor(given: Case, told: Told) {
    const { rule, state, settings } = given;
    const { measure, found } = told;
    this.rule = rule.name;
    this.alert = rule.alert;
    this.kind = found.kind;
    this.outcome = found.outcome;
    this.reason = found.reason;
    const { canary, stable } = valuesOf(given, told);
    this.canary = canary;
    this.stable = stable;
    this.limit = shownLimit(given, measure);
    this.events = state.canary.events;
    this.stepEvents = state.step.counts.canary.events;
    this.lnAbsolute = state.absolute.lnMax;
    this.lnRelative = state.relative.lnMax;
    this.lnHealth = state.step.health.lnNow;
    this.lnConvict = lnConvict(settings);
    this.advisory = rule.dryRun || rule.alert === 'info';
    this.#given = given;
    this.#told = told;
  }

  get errorsToConvict(): number | null {
    return this.kind === 'breach' ? null : errorsToConvict(this.#given, this.#told.measure);
  }

  get message(): string {
    const { measure, found, because } = this.#told;
    const { canary, stable, limit, errorsToConvict: more } = this;
    const message = messageOf(this.#given, measure, { found, shown: { canary, stable, limit, errorsToConvict: more } });
    return because === undefined ? message : `${message} (${because})`;
  }

  toJSON(): Verdict {
    return Object.assign({}, this, { message: this.message, errorsToConvict: this.errorsToConvict });
  }
}

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
