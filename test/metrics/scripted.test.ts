import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { readRequest } from '../../src/metrics/measure.ts';
import { scriptedSource } from '../../src/metrics/scripted.ts';
import type { Labels, Series } from '../../src/metrics/series.ts';
import { metricSourceContract } from '../contract/metric-source.ts';
import { arms, errorRule, requests, series } from '../support/metrics.ts';

const inMemory = (instance: string) => {
  const counts = new Map<string, { readonly metric: string; readonly labels: Labels; value: number }>();
  return {
    instance,
    add: (metric: string, labels: Labels, amount = 1) => {
      const key = metric + JSON.stringify(labels);
      const found = counts.get(key) ?? { metric, labels, value: 0 };
      counts.set(key, { ...found, value: found.value + amount });
    },
    at: (atMs: number): readonly Series[] => [
      ...[...counts.values()].map(({ metric, labels, value }) => ({
        metric,
        labels: { ...labels, instance },
        samples: [{ atMs, value }],
      })),
      { metric: 'up', labels: { instance }, samples: [{ atMs, value: 1 }] },
      { metric: 'process_start_time_seconds', labels: { instance }, samples: [{ atMs, value: 1_700_000_000 }] },
    ],
  };
};

metricSourceContract('the scripted source', async () => {
  const canary = inMemory('c:1');
  const stable = inMemory('s:1');
  // As a scrape every quarter of a second would have it: two questions at one moment see the same sample.
  const script = (nowMs: number) => [canary, stable].flatMap((each) => each.at(Math.floor(nowMs / 250) * 250));
  return { source: scriptedSource({ clock: systemClock, script }), canary, stable };
});

describe('a list of answers', () => {
  it('is told one a read, failures too, and the last stays', async () => {
    const one = requests('c:1', '200', [1, 1]);
    const source = scriptedSource({
      clock: systemClock,
      script: [[one, series('other', {}, [1, 1])], { reason: 'Timeout', message: 'late' }, []],
    });
    const request = readRequest([errorRule], arms, 1000);
    const answers = [
      await source.read(request),
      await source.read(request),
      await source.read(request),
      await source.read(request),
    ];
    expect(answers).toMatchObject([
      { kind: 'series', series: [one] },
      { kind: 'failed', reason: 'Timeout', message: 'late' },
      { kind: 'series', series: [] },
      { kind: 'series', series: [] },
    ]);
  });
});
