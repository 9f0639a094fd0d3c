/** How far apart the samples of a history are: a guess that only sizes questions and steps. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { HistorySource, Span } from '../../metrics/history.ts';
import { wholeHistory } from '../../metrics/history-whole.ts';
import type { Sample, Series } from '../../metrics/series.ts';
import type { LabelValues } from '../../rules/promql.ts';
import type { Selector } from '../../rules/sli.ts';

const probeMs = 1_800_000;

/** Between two samples where history does not say. */
const usualSpacingMs = 15_000;

export interface Probe extends Span {
  readonly history: HistorySource;
  readonly select: LabelValues;
  readonly withinMs: number;
  readonly signal?: AbortSignal;
}

/** At the end of the span, else in its middle. */
export async function probeSpacing(selector: Selector | undefined, probe: Probe): Promise<Result<number, string>> {
  const { history, select, fromMs, toMs, withinMs, signal } = probe;
  const ending = signal === undefined ? {} : { signal };
  const selectors = selector === undefined ? [] : [selector];
  for (const endMs of [toMs, (fromMs + toMs) / 2]) {
    const span = { fromMs: Math.max(fromMs, endMs - probeMs), toMs: endMs };
    const whole = await wholeHistory(history.samples({ ...span, selectors, labels: select, withinMs, ...ending }));
    if (!whole.ok) return failed(whole.error.message);
    const spacingMs = spacingOf(whole.value.series);
    if (spacingMs !== null) return ok(spacingMs);
  }
  return ok(usualSpacingMs);
}

/** Usual time between two samples, by the series that has most; null: there are too few to tell. */
export function spacingOf(series: readonly Series[]): number | null {
  const longest = series.reduce<readonly Sample[]>(
    (most, { samples }) => (samples.length > most.length ? samples : most),
    [],
  );
  const gaps = longest.slice(1, 1_000).map(({ atMs }, before) => atMs - (longest[before]?.atMs ?? atMs));
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? null;
}
