/** What a history is asked before anything of it is judged: how close its samples are, what was released, and how bursty errors were. */
import { isSpread } from '../../gate/known.ts';
import type { Clock } from '../../lib/clock.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { HistorySource, Span } from '../../metrics/history.ts';
import { selectorsOf } from '../../metrics/wanted-series.ts';
import type { Plan } from '../../release/plan.ts';
import type { LabelValues } from '../../rules/promql.ts';
import type { Rule } from '../../rules/rule.ts';
import { takenBack } from '../past/past-history.ts';
import { probeSpacing } from '../past/spacing.ts';
import { type DailyDispersion, dailyDispersion } from './daily-dispersion.ts';
import type { Docket } from './docket.ts';
import { type Found, findAll, type Traces } from './find-all.ts';
import { stepFor } from './look-back.ts';

/** Plain data, as its answer is, so that any thread can do it. */
export interface SurveyAsked extends Span {
  readonly docket: Docket;
  /** Those that are tried. */
  readonly rules: readonly Rule[];
  readonly plan: Plan;
  readonly select: LabelValues;
  readonly traces: Traces;
  readonly withinMs: number;
}

export interface Survey {
  /** Between two samples. */
  readonly spacingMs: number;
  readonly found: Found;
  readonly dispersion: DailyDispersion;
}

export type SurveyStage = 'looking for releases' | 'learning how bursty errors are';

export interface SurveyHooks {
  readonly signal: AbortSignal;
  readonly onStage: (stage: SurveyStage) => void;
}

export type Surveyor = (asked: SurveyAsked, hooks: SurveyHooks) => Promise<Result<Survey, string>>;

export const surveyOf =
  (history: HistorySource, clock: Pick<Clock, 'monotonicMs'>): Surveyor =>
  async (asked, { signal, onStage }) => {
    onStage('looking for releases');
    const given = { ...asked, history, signal };
    const spacingMs = await probeSpacing(selectorsOf(asked.docket.measured)[0], given);
    if (!spacingMs.ok) return spacingMs;
    const found = await findAll({ ...given, stepMs: stepFor(spacingMs.value) });
    if (!found.ok) return found;
    onStage('learning how bursty errors are');
    const endMs = clock.monotonicMs() + asked.withinMs / 3;
    const dispersion = await dailyDispersion(found.value.seen === null ? [] : unstated(asked.docket), {
      ...given,
      fromMs: wholeDay(asked.fromMs),
      toMs: wholeDay(asked.toMs),
      intervalMs: spacingMs.value,
      incidents: takenBack(found.value.releases),
      // A month of history is read for it: it may take a third of the time, and what is not read by then is assumed.
      leftMs: () => Math.max(1, endMs - clock.monotonicMs()),
    });
    return ok({ spacingMs: spacingMs.value, found: found.value, dispersion });
  };

const dayMs = 86_400_000;
const wholeDay = (atMs: number): number => Math.floor(atMs / dayMs) * dayMs;

/** Rules whose dispersion no policy states. */
const unstated = ({ seats }: Docket): readonly Rule[] =>
  seats
    .filter(({ settings }) => settings.from !== 'stated')
    .flatMap(({ rules }) => rules.map(({ rule }) => rule).filter(isSpread));
