/**
 * Rules over history: past releases found, replayed by the product's own judge, and compared; a healthy service against itself.
 *
 *     history ─► shares, markers, own metrics ─► past releases ─┐
 *        │                                     quiet time ──────┴─► trials ─► rows, totals, false rollbacks
 *        └────── raw samples, chunk by chunk, once ─────────────────▲
 */
import { isSpread } from '../../gate/known.ts';
import type { Clock } from '../../lib/clock.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { Span } from '../../metrics/history.ts';
import type { Plan } from '../../release/plan.ts';
import type { LabelValues } from '../../rules/promql.ts';
import type { Brief } from './brief.ts';
import { dispersionAt } from './daily-dispersion.ts';
import { type DispersionUsed, dispersionsUsed } from './dispersion-used.ts';
import { type Docket, docketOf, type JudgedBy } from './docket.ts';
import type { Found, Traces } from './find-all.ts';
import { gapsOf } from './gaps.ts';
import { type Hearings, hearingsOf } from './hearings.ts';
import { type Row, rowOf } from './row.ts';
import type { Court } from './sitting.ts';
import { type Bench, judgeAll, type Ran, type RunProgress } from './sittings.ts';
import type { Survey, Surveyor, SurveyStage } from './survey.ts';
import { type Healthy, healthyOf, type Totals, totalsOf } from './totals.ts';
import type { TrialOutcome } from './trial.ts';
import type { Gap } from './unreplayable.ts';

export interface BacktestOptions extends Span {
  /** Who asks the history, before anything is judged. */
  readonly survey: Surveyor;
  /** Who judges, once it is known what. */
  readonly bench: (court: Court) => Bench;
  readonly old: JudgedBy;
  /** `recorded`: what Sluice itself made of a release at that time stands for the old rules, where it is exported. */
  readonly oldBy: 'recorded' | 'replayed';
  readonly new: JudgedBy;
  readonly plan: Plan;
  readonly select: LabelValues;
  readonly traces: Traces;
  readonly chunkMs: number;
  readonly withinMs: number;
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly onProgress: (progress: Progress) => void;
}

export type Progress = { readonly stage: SurveyStage } | ({ readonly stage: 'replaying' } & RunProgress);

export interface Backtest extends Span {
  readonly rows: readonly Row[];
  readonly totals: Totals;
  readonly found: Found['byTrace'];
  readonly healthy: { readonly old: Healthy; readonly new: Healthy };
  /** Of the new rules. */
  readonly dispersion: readonly DispersionUsed[];
  readonly unreplayable: readonly Gap[];
  /** All before it was judged; null: everything was. */
  readonly stoppedAtMs: number | null;
  /** Why it stopped before the end, where nobody wished it. */
  readonly failure: string | null;
  readonly samples: number;
  readonly tookMs: number;
}

/** As a controller looks back: a late sample is missed by no look. */
const lookbackSamples = 4;

export async function backtest(options: BacktestOptions): Promise<Result<Backtest, string>> {
  const { clock, plan, traces, select, chunkMs, withinMs, signal, onProgress } = options;
  const startedMs = clock.monotonicMs();
  const docket = docketOf([options.old, options.new]);
  const span = { fromMs: options.fromMs, toMs: options.toMs };
  const survey = await options.survey(
    { ...span, docket, rules: options.new.rules.rules, plan, select, traces, withinMs },
    { signal, onStage: (stage) => onProgress({ stage }) },
  );
  if (!survey.ok) return survey;
  const { found, spacingMs } = survey.value;
  const hearings = hearingsOf(found, {
    ...{ span, plan, versionLabel: traces.versionLabel },
    dispersionAt: (atMs) => dispersionsAt(survey.value, docket, atMs),
  });
  const lookbackMs = Math.max(60_000, lookbackSamples * spacingMs);
  const court = { docket, plan, select, lookbackMs, chunkMs, mostSpacingMs: mostSpacing(docket) };
  const ran = await judgeAll({
    ...options,
    court,
    briefs: [...hearings.past.map(({ brief }) => brief), ...hearings.virtual],
    bench: options.bench(court),
    now: () => clock.monotonicMs(),
    onProgress: (progress) => onProgress({ stage: 'replaying', ...progress }),
  });
  return ok({
    ...summaryOf({ options, docket, survey: survey.value, hearings, ran }),
    tookMs: clock.monotonicMs() - startedMs,
  });
}

/** By measure, of those rules that have one. */
const dispersionsAt = ({ dispersion }: Survey, { seats }: Docket, atMs: number): Brief['dispersion'] =>
  Object.fromEntries(
    seats.flatMap(({ rules }) =>
      rules
        .filter(({ rule }) => isSpread(rule))
        .map(({ rule, measured }) => [measured, dispersionAt(dispersion, rule, atMs)]),
    ),
  );

/** A window of fewer than four samples says next to nothing. */
const mostSpacing = ({ seats }: Docket): number =>
  Math.min(...seats.flatMap(({ rules }) => rules.map(({ rule }) => rule.windowMs))) / 4;

interface Done {
  readonly options: BacktestOptions;
  readonly docket: Docket;
  readonly survey: Survey;
  readonly hearings: Hearings;
  readonly ran: Ran;
}

function summaryOf({ options, docket, survey: { found, dispersion }, hearings, ran }: Done): Omit<Backtest, 'tookMs'> {
  const { stoppedAtMs } = ran;
  const isJudged = ({ segment, tooCoarseMs }: TrialOutcome): boolean =>
    (stoppedAtMs === null || segment.toMs <= stoppedAtMs) && tooCoarseMs === null;
  const past = hearings.past.flatMap(({ release }, at) => {
    const trial = ran.outcomes[at];
    return trial === undefined ? [] : [{ release, trial }];
  });
  const virtual = ran.outcomes.slice(hearings.past.length);
  const quiet = virtual.filter(isJudged);
  const newSeat = docket.seats.at(-1);
  const judged = ran.outcomes.filter(isJudged);
  const rows = past
    .filter(({ trial }) => isJudged(trial) && trial.ticks > 0)
    .map((each) => rowOf(each, docket, options.oldBy));
  return {
    fromMs: options.fromMs,
    toMs: options.toMs,
    rows,
    totals: totalsOf(rows),
    found: found.byTrace,
    healthy: { old: healthyOf(quiet, 0), new: healthyOf(quiet, 1) },
    dispersion: newSeat === undefined ? [] : dispersionsUsed(newSeat, judged, dispersion),
    unreplayable: gapsOf({ options, docket, found, past, virtual, unheard: hearings.gaps, stoppedAtMs }),
    stoppedAtMs,
    failure: ran.failure,
    samples: ran.samples,
  };
}
