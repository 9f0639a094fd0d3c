/** The same traces as in traces.test.ts, left in a real Prometheus: what the command finds there by its own PromQL. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Series } from '../../../src/metrics/series.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { dayMs, hourMs, minuteMs } from '../../support/history-plan.ts';
import { needs } from '../../support/needs.ts';
import { openMetricsOf } from '../../support/open-metrics.ts';
import { startPrometheus } from '../../support/prometheus.ts';
import { sluice } from '../../support/sluice-command.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { madeSeries, type Story, type Turn } from './made-history.ts';

const lengthMs = 8 * hourMs;
const startMs = Math.floor(Date.now() / hourMs) * hourMs - dayMs;
const [begin, end] = [3 * hourMs, 3 * hourMs + 10 * minuteMs];

const released = (endMs = end): readonly Turn[] => [
  { version: 'v1', fromMs: 0, toMs: begin, percent: 100 },
  { version: 'v1', fromMs: begin, toMs: endMs, percent: 75 },
  { version: 'v2', fromMs: begin, toMs: endMs, percent: 25, errorRate: 0.02 },
  { version: 'v1', fromMs: endMs, toMs: lengthMs, percent: 100 },
];

const series = (metric: string, labels: Series['labels'], [fromMs, toMs, value = 1]: readonly number[]): Series => ({
  metric,
  labels,
  samples: Array.from({ length: Math.floor(((toMs ?? 0) - (fromMs ?? 0)) / minuteMs) }, (_, i) => ({
    atMs: startMs + (fromMs ?? 0) + i * minuteMs,
    value,
  })),
});

const of = { policy: 'app', release: 'app-v2-1' };
const marks: readonly Series[] = [
  series('deployed', { job: 'marked', version: 'v2' }, [begin - 2 * minuteMs, 5 * hourMs]),
  series('deployed', { job: 'unlabelled' }, [begin, 5 * hourMs]),
  series('sluice_release_info', { ...of, revision: 'v2', stable: 'v1' }, [begin, end + 20 * minuteMs]),
  series('sluice_release_phase', { ...of, phase: 'baking' }, [begin, end]),
  series('sluice_release_phase', { ...of, phase: 'rolledBack' }, [end, end + 20 * minuteMs]),
  series('sluice_release_weight_ratio', { ...of, source: 'applied' }, [begin, end, 0.25]),
  series('sluice_rule_verdict', { ...of, rule: 'error_rate', verdict: 'breach' }, [
    end - minuteMs,
    end + 20 * minuteMs,
  ]),
  series('sluice_rule_threshold', { ...of, rule: 'error_rate', alert: 'critical' }, [begin, end, 0.001]),
];

const stories: Readonly<Record<string, Partial<Story>>> = {
  marked: { turns: released() },
  unlabelled: { turns: released(), label: null },
  own: { turns: released() },
  single: { turns: [{ version: 'v1', fromMs: 0, toMs: lengthMs, percent: 100 }], pods: 1 },
  coarse: { turns: released(4 * hourMs), spacingMs: 5 * minuteMs },
};

interface Told {
  readonly found: Readonly<Record<string, number>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly unreplayable: readonly { readonly what: string; readonly reason: string; readonly why: string }[];
  readonly healthy: { readonly new: { readonly releases: number; readonly rolledBack: number } };
}

describe.runIf(needs(['prometheus', 'promtool']))('a backtest on a real Prometheus', { timeout: 300_000 }, () => {
  const atEnd = suiteEnd();
  let url: string;
  let folder: string;

  beforeAll(async () => {
    folder = await tempDir(atEnd);
    const all = Object.entries(stories).flatMap(([job, story]) =>
      madeSeries({ startMs, lengthMs, perSecond: 100, turns: [], ...story, job }),
    );
    const history = join(folder, 'history.txt');
    await writeFile(history, openMetricsOf([...all, ...marks]));
    await writeFile(join(folder, 'rules.yaml'), 'error_rate: { threshold: 0.1%, window: 5m, alert: critical }\n');
    ({ url } = await startPrometheus({ history: [history] }, atEnd));
    await writeFile(join(folder, 'policy.yaml'), policyText());
  }, 300_000);

  const policyText = (): string => `apiVersion: sluice.dev/v1alpha1
kind: ReleasePolicy
metadata: { name: app }
spec:
  target: { command: [serve], revision: v1 }
  traffic: { proxy: { listen: 127.0.0.1:8080 } }
  sources: { main: { prometheus: { url: "${url}" } } }
  metrics: { source: main, preset: app, labels: { version: $revision } }
  rules: { file: rules.yaml }
`;

  const backtest = async (job: string, ...words: readonly string[]): Promise<Told> => {
    const time = (ms: number): string => new Date(startMs + ms).toISOString().replace('.000', '');
    const span = ['--from', time(0), '--to', time(lengthMs), '--dispersion', '1', '--select', `job=${job}`];
    const rules = words.includes('--rules') ? [] : ['--rules', join(folder, 'rules.yaml'), '--prometheus', url];
    const { code, err, out } = await sluice(['rules', 'backtest', ...rules, ...span, ...words, '-o', 'json'], {
      atEnd,
    });
    if (code !== 0) throw new Error(err);
    return JSON.parse(out) as Told;
  };

  it('finds a deployment by a series that marks it, and joins it with what the traffic shows', async () => {
    const { found, rows } = await backtest('marked', '--annotation', 'deployed{job="marked"}');
    expect(found).toMatchObject({ 'version-label': 1, annotation: 1 });
    expect(rows).toMatchObject([{ version: 'v2', mark: 'caught' }]);
    expect(rows[0]?.['foundBy']).toEqual(expect.arrayContaining(['version-label', 'annotation']));
  });

  it('lists a marked deployment whose requests nothing tells apart', async () => {
    const { found, rows, unreplayable } = await backtest('unlabelled', '--annotation', 'deployed{job="unlabelled"}');
    expect([found['annotation'], rows]).toEqual([1, []]);
    expect(unreplayable.map(({ what, reason }) => [what, reason])).toContainEqual(['a deployment', 'NoVersionLabel']);
    const other = unreplayable.find(({ reason }) => reason === 'OtherService');
    expect(other).toMatchObject({ what: 'a release by Sluice', why: expect.stringContaining('(v2)') as string });
  });

  it('takes weights and the old answer from what Sluice itself exported', async () => {
    const { found, rows } = await backtest('own', '--rules', join(folder, 'policy.yaml'));
    expect(found).toMatchObject({ 'own-metrics': 1, 'version-label': 1 });
    expect(rows).toMatchObject([
      {
        ...{ version: 'v2', ending: 'rolled back', mark: 'caught', isOldRecorded: true, isShareKnown: true },
        foundBy: ['own-metrics', 'version-label'],
        old: { kind: 'rolled back', rule: 'error_rate' },
      },
    ]);
    expect(rows[0]?.['earlierMs']).toBeGreaterThan(5 * minuteMs);
  });

  it('tries a service of a single pod against itself, by dealing out its increments', async () => {
    const { healthy } = await backtest('single');
    expect(healthy.new.releases).toBeGreaterThanOrEqual(5);
    expect(healthy.new.rolledBack).toBe(0);
  });

  it('judges nothing by samples that are too far apart, and says what would help', async () => {
    const { healthy, rows, unreplayable } = await backtest('coarse');
    expect([healthy.new.releases, rows]).toEqual([0, []]);
    const coarse = unreplayable.filter(({ reason }) => reason === 'TooCoarse');
    expect(coarse.map(({ what }) => what)).toContain('v2');
    expect(coarse[0]?.why).toContain('5m apart');
  });
});
