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
import type { HistorySource, Span } from '../../metrics/history.ts';
import { selectorsOf } from '../../metrics/wanted-series.ts';
import type { Plan } from '../../release/plan.ts';
import type { LabelValues } from '../../rules/promql.ts';
import { takenBack } from '../past/past-history.ts';
import { probeSpacing } from '../past/spacing.ts';
import { dailyDispersion, type LearnedDispersion } from './daily-dispersion.ts';
import { type DispersionUsed, dispersionsUsed } from './dispersion-used.ts';
import { type Docket, docketOf, type JudgedBy } from './docket.ts';
import { type FindAll, type Found, findAll, type Traces } from './find-all.ts';
import { gapsOf } from './gaps.ts';
import { type Hearings, hearingsOf } from './hearings.ts';
import { stepFor } from './look-back.ts';
import { type Row, rowOf } from './row.ts';
import type { Court } from './sitting.ts';
import { type Bench, judgeAll, type Ran, type RunProgress } from './sittings.ts';
import { type Healthy, healthyOf, type Totals, totalsOf } from './totals.ts';
import type { TrialOutcome } from './trial.ts';
import type { Gap } from './unreplayable.ts';

export interface BacktestOptions extends Span {
  readonly history: HistorySource;
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

export type Progress =
  | { readonly stage: 'looking for releases' | 'learning how bursty errors are' }
  | ({ readonly stage: 'replaying' } & RunProgress);

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
  const { clock, plan, traces } = options;
  const startedMs = clock.monotonicMs();
  options.onProgress({ stage: 'looking for releases' });
  const docket = docketOf([options.old, options.new]);
  const spacingMs = await probeSpacing(selectorsOf(docket.measured)[0], options);
  if (!spacingMs.ok) return spacingMs;
  const found = await findAll(lookOf(options, spacingMs.value));
  if (!found.ok) return found;
  options.onProgress({ stage: 'learning how bursty errors are' });
  const learned = await learn(options, { docket, found: found.value, spacingMs: spacingMs.value });
  const lookbackMs = Math.max(60_000, lookbackSamples * spacingMs.value);
  const span = { fromMs: options.fromMs, toMs: options.toMs };
  const hearings = hearingsOf(found.value, {
    ...{ span, plan, versionLabel: traces.versionLabel },
    dispersionAt: learned.at,
  });
  const { select, chunkMs } = options;
  const court = { docket, plan, select, lookbackMs, chunkMs, mostSpacingMs: mostSpacing(docket) };
  const ran = await judgeAll({
    ...options,
    court,
    briefs: [...hearings.past.map(({ brief }) => brief), ...hearings.virtual],
    bench: options.bench(court),
    now: () => clock.monotonicMs(),
    onProgress: (progress) => options.onProgress({ stage: 'replaying', ...progress }),
  });
  return ok({
    ...summaryOf({ options, docket, found: found.value, hearings, ran, learned }),
    tookMs: clock.monotonicMs() - startedMs,
  });
}

/** A window of fewer than four samples says next to nothing. */
const mostSpacing = ({ seats }: Docket): number =>
  Math.min(...seats.flatMap(({ rules }) => rules.map(({ rule }) => rule.windowMs))) / 4;

const lookOf = (options: BacktestOptions, spacingMs: number): FindAll => ({
  ...options,
  stepMs: stepFor(spacingMs),
  rules: options.new.rules.rules,
});

interface Done {
  readonly options: BacktestOptions;
  readonly docket: Docket;
  readonly found: Found;
  readonly hearings: Hearings;
  readonly ran: Ran;
  readonly learned: LearnedDispersion;
}

const dayMs = 86_400_000;

/** A month of history is read for it: it may take a third of the time, and what is not read by then is assumed. */
function learn(
  options: BacktestOptions,
  { docket, found, spacingMs }: { readonly docket: Docket; readonly found: Found; readonly spacingMs: number },
): Promise<LearnedDispersion> {
  const { clock, withinMs } = options;
  const endMs = clock.monotonicMs() + withinMs / 3;
  const unstated = docket.seats.filter(({ settings }) => settings.from !== 'stated');
  const rules = unstated.flatMap((seat) => seat.rules.filter(({ rule }) => isSpread(rule)));
  const wholeDay = (atMs: number): number => Math.floor(atMs / dayMs) * dayMs;
  return dailyDispersion(found.seen === null ? [] : rules, {
    ...options,
    fromMs: wholeDay(options.fromMs),
    toMs: wholeDay(options.toMs),
    intervalMs: spacingMs,
    incidents: takenBack(found.releases),
    leftMs: () => Math.max(1, endMs - clock.monotonicMs()),
  });
}

function summaryOf({ options, docket, found, hearings, ran, learned }: Done): Omit<Backtest, 'tookMs'> {
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
    dispersion: newSeat === undefined ? [] : dispersionsUsed(newSeat, judged, learned),
    unreplayable: gapsOf({ options, docket, found, past, virtual, unheard: hearings.gaps, stoppedAtMs }),
    stoppedAtMs,
    failure: ran.failure,
    samples: ran.samples,
  };
}
