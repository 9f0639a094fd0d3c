/** What a backtest finds without a version label's help, what it makes of a single pod, and of samples that are far apart. */
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Series } from '../../../src/metrics/series.ts';
import { defaultPlan } from '../../../src/release/plan.ts';
import { parseRules } from '../../../src/rules/rule-file.ts';
import { type Backtest, type BacktestOptions, backtest } from '../../../src/tuning/backtest/backtest.ts';
import { benchHere } from '../../../src/tuning/backtest/bench-here.ts';
import { surveyOf } from '../../../src/tuning/backtest/survey.ts';
import { defaultJudgeSettings, statedDispersion } from '../../../src/verdict/settings.ts';
import { madeHistory, type Story, type Turn } from './made-history.ts';

const minute = 60_000;
const hour = 60 * minute;
const startMs = Date.UTC(2026, 9, 1);
const lengthMs = 8 * hour;

const rules = await parseRules('error_rate: { threshold: 0.1%, window: 5m, alert: critical }', { file: 'rules.yaml' });
if (!rules.ok) throw new Error(JSON.stringify(rules.error));
const judged = { rules: rules.value, judge: { ...defaultJudgeSettings, ...statedDispersion(1) } };

async function run(story: Partial<Story>, traces: Partial<BacktestOptions['traces']> = {}): Promise<Backtest> {
  const turns: readonly Turn[] = [{ version: 'v1', fromMs: 0, toMs: lengthMs, percent: 100 }];
  const history = madeHistory({ startMs, lengthMs, perSecond: 100, turns, ...story });
  const result = await backtest({
    survey: surveyOf(history, systemClock),
    bench: benchHere(history),
    ...{ fromMs: startMs, toMs: startMs + lengthMs, old: judged, new: judged, oldBy: 'recorded', plan: defaultPlan },
    select: {},
    traces: { versionLabel: 'version', annotation: null, policy: null, ...traces },
    ...{ chunkMs: 24 * hour, withinMs: 60_000, signal: new AbortController().signal, clock: systemClock },
    onProgress: () => undefined,
  });
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** A constant from one moment to another. */
const series = (metric: string, labels: Series['labels'], [fromMs, toMs, value = 1]: readonly number[]): Series => ({
  metric,
  labels,
  samples: Array.from({ length: Math.floor(((toMs ?? 0) - (fromMs ?? 0)) / minute) }, (_, i) => ({
    atMs: startMs + (fromMs ?? 0) + i * minute,
    value,
  })),
});

const released: readonly Turn[] = [
  { version: 'v1', fromMs: 0, toMs: 3 * hour, percent: 100 },
  { version: 'v1', fromMs: 3 * hour, toMs: 3 * hour + 10 * minute, percent: 75 },
  { version: 'v2', fromMs: 3 * hour, toMs: 3 * hour + 10 * minute, percent: 25, errorRate: 0.02 },
  { version: 'v1', fromMs: 3 * hour + 10 * minute, toMs: lengthMs, percent: 100 },
];

it('finds a deployment by a series that marks it, and joins it with what the traffic shows', async () => {
  const mark = series('deployed', { version: 'v2' }, [3 * hour - 2 * minute, 5 * hour]);
  const { found, rows } = await run({ turns: released, extra: [mark] }, { annotation: 'deployed' });
  expect(found).toEqual({ 'own-metrics': 0, 'version-label': 1, annotation: 1 });
  expect(rows).toMatchObject([{ version: 'v2', foundBy: ['version-label', 'annotation'], mark: 'caught' }]);
});

it('lists a marked deployment whose requests nothing tells apart', async () => {
  const mark = series('deployed', {}, [3 * hour, 5 * hour]);
  const { found, rows, unreplayable } = await run({ label: null, extra: [mark] }, { annotation: 'deployed' });
  expect([found.annotation, rows]).toEqual([1, []]);
  expect(unreplayable.map(({ what, reason }) => [what, reason])).toContainEqual(['a deployment', 'NoVersionLabel']);
});

it('takes weights and the old answer from what Sluice itself exported', async () => {
  const of = { policy: 'app', release: 'app-v2-1' };
  const [begin, end] = [3 * hour, 3 * hour + 10 * minute];
  const extra = [
    series('sluice_release_info', { ...of, revision: 'v2', stable: 'v1' }, [begin, end + 20 * minute]),
    series('sluice_release_phase', { ...of, phase: 'baking' }, [begin, end]),
    series('sluice_release_phase', { ...of, phase: 'rolledBack' }, [end, end + 20 * minute]),
    series('sluice_release_weight_ratio', { ...of, source: 'applied' }, [begin, end, 0.25]),
    series('sluice_rule_verdict', { ...of, rule: 'error_rate', verdict: 'breach' }, [end - minute, end + 20 * minute]),
    series('sluice_rule_threshold', { ...of, rule: 'error_rate', alert: 'critical' }, [begin, end, 0.001]),
  ];
  const { found, rows } = await run({ turns: released, extra }, { policy: 'app' });
  expect(found).toMatchObject({ 'own-metrics': 1, 'version-label': 1 });
  const [row] = rows;
  expect(row).toMatchObject({ version: 'v2', ending: 'rolled back', isOldRecorded: true, isShareKnown: true });
  expect(row!.foundBy).toEqual(['own-metrics', 'version-label']);
  expect(row!.old).toMatchObject({ kind: 'rolled back', rule: 'error_rate', atMs: startMs + end - minute });
  expect(row!.earlierMs).toBeGreaterThan(5 * minute);
});

it('tries a service of a single pod against itself, by dealing out its increments', async () => {
  const { healthy } = await run({ pods: 1 });
  expect(healthy.new.releases).toBeGreaterThanOrEqual(5);
  expect(healthy.new.rolledBack).toBe(0);
});

it('judges nothing by samples that are too far apart, and says what would help', async () => {
  const lasting = released.map((turn) => ({
    ...turn,
    ...(turn.toMs === 3 * hour + 10 * minute && { toMs: 4 * hour }),
    ...(turn.fromMs === 3 * hour + 10 * minute && { fromMs: 4 * hour }),
  }));
  const { healthy, rows, unreplayable } = await run({ turns: lasting, spacingMs: 5 * minute });
  expect([healthy.new.releases, rows]).toEqual([0, []]);
  const coarse = unreplayable.filter(({ reason }) => reason === 'TooCoarse');
  expect(coarse.map(({ what }) => what)).toContain('v2');
  expect(coarse[0]).toMatchObject({ why: expect.stringContaining('5m apart') as string });
});
