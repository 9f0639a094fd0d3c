import { describe, expect, it } from 'vitest';
import { releaseChart } from '../../../src/report/chart/release-chart.ts';
import { ruleViews } from '../../../src/report/rule-view.ts';
import { span } from '../../support/journal-spans.ts';
import { must } from '../../support/proxy.ts';
import type { SteppedLoop } from '../../support/stepped-loop.ts';
import { begun, tickMs } from '../../tuning/recording/replayed.ts';

const chartOf = async (loop: SteppedLoop, afterMs = 0) => {
  const release = await loop.release();
  const { store } = loop.world.ports;
  const journal = must(await store.journal(release.id));
  const log = must(await store.log(release.id, 100_000));
  return { release, log, chart: releaseChart({ release, journal, log, afterMs }) };
};

describe('the charts of a release', () => {
  it('end on what the judge of the release itself says now', async () => {
    const loop = await begun();
    await loop.ticks(30, tickMs);
    loop.world.errorRate['v2'] = 0.03;
    while (ruleViews(await loop.release()).every(({ evidence }) => evidence === 0)) await loop.ticks(1, tickMs);
    const { chart, release } = await chartOf(loop);
    for (const view of ruleViews(release)) {
      const rule = chart.rules.find((each) => each.rule === view.name);
      expect([view.name, rule?.unit, rule?.limit.at(-1)]).toEqual([view.name, view.unit, view.limit]);
      expect(rule?.canary.at(-1) ?? 0).toBeCloseTo(view.canary ?? 0, 6);
      expect(rule?.stable.at(-1) ?? 0).toBeCloseTo(view.stable ?? 0, 6);
      expect(rule?.evidence.at(-1)).toBeCloseTo(view.evidence, 3);
      expect(rule?.events.at(-1)).toBe(view.events);
    }
    expect(chart.rules.some(({ evidence }) => (evidence.at(-1) ?? 0) > 0)).toBe(true);
  });

  it('show a conviction as evidence 1, and no value after it', async () => {
    const loop = await begun();
    await loop.ticks(20, tickMs);
    loop.world.errorRate['v2'] = 0.3;
    await loop.ticks(20, tickMs);
    const { chart, release } = await chartOf(loop);
    expect(release.latch?.rule).toBe('error_rate');
    const rule = chart.rules.find((each) => each.rule === 'error_rate');
    const at = rule?.evidence.indexOf(1) ?? -1;
    expect(rule?.atMs[at]).toBe(release.latch?.atMs);
    expect(rule?.canary[at]).toBeGreaterThan(0.01);
    expect(new Set(rule?.canary.slice(at + 1))).toEqual(new Set([null]));
  });

  it('draw the weight in the steps that it took, down to 0', async () => {
    const loop = await begun();
    await loop.ticks(28, tickMs);
    loop.world.errorRate['v2'] = 0.3;
    await loop.ticks(10, tickMs);
    const { chart } = await chartOf(loop);
    const { applied, desired, observed, promotedAtMs } = chart.weight;
    expect(desired.map(({ percent }) => percent)).toEqual([0, 25, 50, 0]);
    expect(applied.map(({ percent }) => percent)).toEqual([0, 25, 50, 0]);
    expect(applied.every(({ atMs }, at) => atMs >= (desired[at]?.atMs ?? 0))).toBe(true);
    expect(observed).toEqual([]);
    expect(promotedAtMs).toBeNull();
  });

  it('show the share that a router counted, and when it was promoted', async () => {
    const { release, log } = await chartOf(await begun());
    const promoted = {
      atMs: release.startedAtMs + 40_000,
      kind: 'event',
      reason: 'Promoted',
      message: '',
      data: {},
    } as const;
    const spans = [span(1, { sent: [0, 0] }), span(2, { sent: [249, 751] }), span(3, { sent: null })];
    const journal = { spans, trend: [], cut: true };
    const { cut, next, weight } = releaseChart({ release, journal, log: [...log, promoted], afterMs: 0 });
    expect(weight.observed).toEqual([{ atMs: release.startedAtMs + 30_000, percent: 24.9 }]);
    expect(weight.promotedAtMs).toBe(promoted.atMs);
    expect([cut, next]).toEqual([true, release.startedAtMs + 45_000]);
  });

  it('go on where they were asked for last, with the weight that held then', async () => {
    const loop = await begun();
    await loop.ticks(28, tickMs);
    const first = (await chartOf(loop)).chart;
    await loop.ticks(3, tickMs);
    const more = (await chartOf(loop, first.next)).chart;
    const whole = (await chartOf(loop)).chart;
    const times = (chart: typeof first) => chart.rules.map(({ atMs }) => atMs);
    expect(times(more).every((each) => each.length === 3)).toBe(true);
    expect(times(first).map((each, at) => [...each, ...(times(more)[at] ?? [])])).toEqual(times(whole));
    expect(more.weight.applied.map(({ percent }) => percent)).toEqual([50]);
  });
});
