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

/** Where it is looked, as parts of the span back from its end: most services were there lately, or half a span ago. */
const lookedAt = [0, 1 / 2, 1 / 16, 1 / 4, 3 / 4];

/** At two places of the span that have samples, whichever is wider: steps that are too short for a part of it see nothing there. */
export async function probeSpacing(selector: Selector | undefined, probe: Probe): Promise<Result<number, string>> {
  const { history, select, fromMs, toMs, withinMs, signal } = probe;
  const ending = signal === undefined ? {} : { signal };
  const selectors = selector === undefined ? [] : [selector];
  const found: number[] = [];
  for (const part of lookedAt) {
    if (found.length === 2) break;
    const endMs = toMs - part * (toMs - fromMs);
    const span = { fromMs: Math.max(fromMs, endMs - probeMs), toMs: endMs };
    const whole = await wholeHistory(history.samples({ ...span, selectors, labels: select, withinMs, ...ending }));
    if (!whole.ok) return failed(whole.error.message);
    const spacingMs = spacingOf(whole.value.series);
    if (spacingMs !== null) found.push(spacingMs);
  }
  return ok(found.length === 0 ? usualSpacingMs : Math.max(...found));
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
