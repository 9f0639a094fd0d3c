/** A wall clock that was set back: what is remembered of time goes back with it, or all that is new would look old. */
import { formatDuration } from '../lib/duration.ts';
import type { CounterMemory, RuleMemory, SeriesMemory, TargetMemory } from '../metrics/counter-memory.ts';
import { movedBack } from '../verdict/moved-back.ts';
import type { CheckRun } from './check-demand.ts';
import type { Change, LogEntry } from './log.ts';
import type { Evidence, Release } from './release.ts';

/** Clocks that are corrected by less catch up before anybody misses anything. */
const toleratedMs = 30_000;

/** `elapsedMs`: monotonic, since `updatedAtMs`. A clock that was set forth needs nothing: what is new is newer still. */
export function afterSetBack(
  release: Release,
  { nowMs, elapsedMs }: { readonly nowMs: number; readonly elapsedMs: number },
): Change<Release> {
  const byMs = release.updatedAtMs + elapsedMs - nowMs;
  if (byMs <= toleratedMs) return { release, log: [] };
  const back = (ms: number | null): number | null => (ms === null ? null : ms - byMs);
  const { appliedAtMs, firstTrafficAtMs, raisedAtMs } = release.weight;
  const weight = {
    ...release.weight,
    appliedAtMs: back(appliedAtMs),
    firstTrafficAtMs: back(firstTrafficAtMs),
    raisedAtMs: back(raisedAtMs),
  };
  const message = `the wall clock was set back by ${formatDuration(byMs)}: counting goes on where it was`;
  const log: LogEntry = { atMs: nowMs, kind: 'event', reason: 'ClockSetBack', message, data: { byMs } };
  const evidence = evidenceBack(release.evidence, { byMs, nowMs });
  const approvals = release.approvals.map((each) => ({
    ...each,
    given: each.given === null ? null : { ...each.given, atMs: each.given.atMs - byMs },
  }));
  const checks = release.checks.map((check) => ({ ...check, runs: check.runs.map((run) => runBack(run, byMs)) }));
  return { release: { ...release, updatedAtMs: nowMs, weight, evidence, approvals, checks }, log: [log] };
}

const runBack = (run: CheckRun, byMs: number): CheckRun => ({
  ...run,
  sinceMs: run.sinceMs - byMs,
  askedAtMs: run.askedAtMs - byMs,
  answeredAtMs: run.answeredAtMs === null ? null : run.answeredAtMs - byMs,
});

interface SetBack {
  readonly byMs: number;
  readonly nowMs: number;
}

function evidenceBack({ memory, rules }: Evidence, set: SetBack): Evidence {
  const states = Object.entries(rules).map(([name, state]) => [name, movedBack(state, set.byMs)] as const);
  return { memory: memoryBack(memory, set), rules: Object.fromEntries(states) };
}

/** Only of targets whose samples have our clock's times: those of another machine's clock are not of the future now. */
function memoryBack(memory: CounterMemory, { byMs, nowMs }: SetBack): CounterMemory {
  const targets = Object.entries(memory.targets).map(
    ([name, target]) => [name, target.atMs > nowMs + toleratedMs ? targetBack(target, byMs) : target] as const,
  );
  const rules = Object.entries(memory.rules).map(([name, rule]) => [name, nothingWaits(rule)] as const);
  return { ...memory, targets: Object.fromEntries(targets), rules: Object.fromEntries(rules) };
}

function targetBack(target: TargetMemory, byMs: number): TargetMemory {
  const series = Object.entries(target.series).map(([key, each]) => [key, seriesBack(each, byMs)] as const);
  const { atMs, fromMs } = target;
  return { ...target, atMs: atMs - byMs, fromMs: fromMs - byMs, series: Object.fromEntries(series) };
}

const seriesBack = (series: SeriesMemory, byMs: number): SeriesMemory => ({
  ...series,
  atMs: series.atMs - byMs,
  doubt: series.doubt === null ? null : { ...series.doubt, atMs: series.doubt.atMs - byMs },
});

/** Spans of two clocks are not compared: what waited for that counts in the other tests alone. */
const nothingWaits = (rule: RuleMemory): RuleMemory => ({ ...rule, canary: [], stable: [], alignedToMs: null });
