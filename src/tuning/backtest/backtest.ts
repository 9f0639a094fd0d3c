/**
 * Rules over history: past releases found, replayed by the product's own judge, and compared; a healthy service against itself.
 *
 *     history ─► shares, markers, own metrics ─► past releases ─┐
 *        │                                     quiet time ──────┴─► trials ─► rows, totals, false rollbacks
 *        └────── raw samples, chunk by chunk, once ─────────────────▲
 */
import type { Clock } from '../../lib/clock.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { HistorySource, Span } from '../../metrics/history.ts';
import { wholeHistory } from '../../metrics/history-whole.ts';
import { selectorsOf } from '../../metrics/wanted-series.ts';
import type { Plan } from '../../release/plan.ts';
import type { LabelValues } from '../../rules/promql.ts';
import { type Docket, docketOf, type JudgedBy } from './docket.ts';
import { type FindAll, type Found, findAll, type Traces } from './find-all.ts';
import { gapsOf } from './gaps.ts';
import { type Hearings, hearingsOf } from './hearings.ts';
import { stepFor } from './look-back.ts';
import { spacingOf } from './reel.ts';
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

export type Progress = { readonly stage: 'looking for releases' } | ({ readonly stage: 'replaying' } & RunProgress);

export interface Backtest extends Span {
  readonly rows: readonly Row[];
  readonly totals: Totals;
  readonly found: Found['byTrace'];
  readonly healthy: { readonly old: Healthy; readonly new: Healthy };
  readonly unreplayable: readonly Gap[];
  /** All before it was judged; null: everything was. */
  readonly stoppedAtMs: number | null;
  /** Why it stopped before the end, where nobody wished it. */
  readonly failure: string | null;
  readonly samples: number;
  readonly tookMs: number;
}

/** Between two samples where history does not say. */
const usualSpacingMs = 15_000;

/** As a controller looks back: a late sample is missed by no look. */
const lookbackSamples = 4;

export async function backtest(options: BacktestOptions): Promise<Result<Backtest, string>> {
  const { clock, plan, traces } = options;
  const startedMs = clock.monotonicMs();
  options.onProgress({ stage: 'looking for releases' });
  const docket = docketOf([options.old, options.new]);
  const spacingMs = await probeSpacing(options, docket);
  if (!spacingMs.ok) return spacingMs;
  const found = await findAll(lookOf(options, spacingMs.value));
  if (!found.ok) return found;
  const lookbackMs = Math.max(60_000, lookbackSamples * spacingMs.value);
  const span = { fromMs: options.fromMs, toMs: options.toMs };
  const hearings = hearingsOf(found.value, { span, plan, versionLabel: traces.versionLabel });
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
    ...summaryOf({ options, docket, found: found.value, hearings, ran }),
    tookMs: clock.monotonicMs() - startedMs,
  });
}

/** A window of fewer than four samples says next to nothing. */
const mostSpacing = ({ seats }: Docket): number =>
  Math.min(...seats.flatMap(({ rules }) => rules.map(({ rule }) => rule.windowMs))) / 4;

const probeMs = 1_800_000;

/** At the end of the span, else in its middle: a guess that only sizes the first questions. */
async function probeSpacing(options: BacktestOptions, { measured }: Docket): Promise<Result<number, string>> {
  const { history, select, fromMs, toMs, withinMs } = options;
  const selectors = selectorsOf(measured).slice(0, 1);
  for (const endMs of [toMs, (fromMs + toMs) / 2]) {
    const span = { fromMs: Math.max(fromMs, endMs - probeMs), toMs: endMs };
    const whole = await wholeHistory(history.samples({ ...span, selectors, labels: select, withinMs }));
    if (!whole.ok) return failed(whole.error.message);
    const spacingMs = spacingOf(whole.value.series);
    if (spacingMs !== null) return ok(spacingMs);
  }
  return ok(usualSpacingMs);
}

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
}

function summaryOf({ options, docket, found, hearings, ran }: Done): Omit<Backtest, 'tookMs'> {
  const { stoppedAtMs } = ran;
  const isJudged = ({ segment, tooCoarseMs }: TrialOutcome): boolean =>
    (stoppedAtMs === null || segment.toMs <= stoppedAtMs) && tooCoarseMs === null;
  const past = hearings.past.flatMap(({ release }, at) => {
    const trial = ran.outcomes[at];
    return trial === undefined ? [] : [{ release, trial }];
  });
  const virtual = ran.outcomes.slice(hearings.past.length);
  const quiet = virtual.filter(isJudged);
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
    unreplayable: gapsOf({ options, docket, found, past, virtual, unheard: hearings.gaps, stoppedAtMs }),
    stoppedAtMs,
    failure: ran.failure,
    samples: ran.samples,
  };
}
