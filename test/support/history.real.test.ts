import { describe, expect, it } from 'vitest';
import { wholeHistory } from '../../src/metrics/history-whole.ts';
import { prometheusHistory } from '../../src/metrics/prometheus-history.ts';
import type { Series } from '../../src/metrics/series.ts';
import { historySeries, serveHistory } from './history.ts';
import { dayMs, eventfulPlan, historyPlan, hourMs, minuteMs, trafficAt } from './history-plan.ts';
import { truthOf, weightAt } from './history-truth.ts';
import { needs } from './needs.ts';

const plan = eventfulPlan({ days: 4, perSecond: 200 });
const truth = truthOf(plan);
const all = historySeries(plan);

/** Growth of counters in a span, resets made good. */
const grown = (series: readonly Series[], fromMs: number, toMs: number): number => {
  const own = series.flatMap(({ samples }) => {
    const within = samples.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    return within.slice(1).map(({ value }, i) => (value < within[i]!.value ? value : value - within[i]!.value));
  });
  return own.reduce((a, b) => a + b, 0);
};

const requests = (version: RegExp, code = /./): readonly Series[] =>
  all.filter(
    ({ metric, labels }) =>
      metric === 'http_requests_total' && version.test(labels['version']!) && code.test(labels['code']!),
  );

describe('a made-up history', () => {
  it('has the traffic of its day', () => {
    const fromMs = plan.fromMs + 2 * hourMs;
    const seen = grown(requests(/./), fromMs, fromMs + 30 * minuteMs) / (29 * 60);
    const expected = trafficAt(plan, fromMs + 15 * minuteMs);
    expect(seen / expected).toBeGreaterThan(0.97);
    expect(seen / expected).toBeLessThan(1.03);
  });

  it('splits it between the versions of a deploy, and gives all to the one that was promoted', () => {
    const [deploy] = truth.deploys;
    expect(deploy).toMatchObject({ before: 'v1.0.0', version: 'v1.1.0', outcome: 'promoted', bad: null });
    expect([0, 5, 12, 30, 60].map((minute) => weightAt(deploy!, deploy!.startMs + minute * minuteMs))).toEqual([
      25, 25, 50, 100, 100,
    ]);
    const span = [deploy!.startMs + minuteMs, deploy!.startMs + 10 * minuteMs] as const;
    const [canary, stable] = [/v1\.1\./, /v1\.0\./].map((version) => grown(requests(version), ...span));
    expect(canary! / (canary! + stable!)).toBeCloseTo(0.25, 1);
    expect(grown(requests(/v1\.0\./), deploy!.endMs, plan.toMs)).toBe(0);
  });

  it('has a bad deploy that fails as it was told, from its onset until it is taken back', () => {
    const bad = truth.deploys.find((deploy) => deploy.bad?.kind === 'errors')!;
    const version = new RegExp(bad.version);
    const span = [bad.bad!.onsetMs, bad.endMs] as const;
    const ratio = grown(requests(version, /5../), ...span) / grown(requests(version), ...span);
    expect(ratio / bad.bad!.ratio).toBeGreaterThan(0.8);
    expect(ratio / bad.bad!.ratio).toBeLessThan(1.2);
    expect(bad.outcome).toBe('rolled back');
    expect(grown(requests(version), bad.endMs + 2 * minuteMs, plan.toMs)).toBe(0);
  });

  it('is the same for the same seed, and another one for another', () => {
    const short = historyPlan({ toMs: plan.toMs, days: 0.1 });
    expect(historySeries(short)).toEqual(historySeries(short));
    expect(historySeries({ ...short, seed: 2 })).not.toEqual(historySeries(short));
  });

  it.runIf(needs(['prometheus', 'promtool']))('is remembered by a real Prometheus, sample by sample', async () => {
    const { url } = await serveHistory(plan);
    const source = prometheusHistory({ name: 'main', url, timeoutMs: 20_000 });
    const metrics = ['http_requests_total', 'up', 'http_request_duration_seconds_bucket'];
    const selectors = metrics.map((metric) => ({ metric, matchers: [] }));
    const history = await wholeHistory(
      source.samples({ selectors, fromMs: plan.fromMs, toMs: plan.fromMs + 3 * dayMs }),
    );
    if (!history.ok) throw new Error(history.error.message);
    const expected = all
      .filter(({ metric }) => metrics.includes(metric))
      .map((each) => ({ ...each, samples: each.samples.filter(({ atMs }) => atMs < plan.fromMs + 3 * dayMs) }))
      .filter(({ samples }) => samples.length > 0);
    const sorted = (series: readonly Series[]) =>
      series
        .map(
          ({ metric, labels, samples }) => [JSON.stringify([metric, Object.entries(labels).sort()]), samples] as const,
        )
        .sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(history.value.series)).toEqual(sorted(expected));
    const longGaps = history.value.gaps.filter(({ fromMs, toMs }) => toMs - fromMs > 15 * minuteMs);
    expect(longGaps).toHaveLength(1);
    expect(Math.abs(longGaps[0]!.fromMs - truth.away[0]!.fromMs)).toBeLessThan(minuteMs);
  });
});
