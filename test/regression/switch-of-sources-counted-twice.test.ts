/** Two sources that name one process differently counted all its requests again at each switch: when the fallback took over, and back. */
import { expect, it } from 'vitest';
import { emptyMemory } from '../../src/metrics/counter-memory.ts';
import { measure } from '../../src/metrics/measure.ts';
import type { Answer } from '../../src/metrics/metric-source.ts';
import type { Series } from '../../src/metrics/series.ts';
import { errorRule } from '../support/metrics.ts';

const arms = { canary: { version: ['v2'] }, stable: { version: ['v1'] } };
const begunMs = Date.UTC(2026, 0, 5, 12);
const everyMs = 10_000;

/** Each version has had 100 requests a scrape; the canary's process began after the release did. */
const answer = (source: string, scrape: number): Answer => {
  const atMs = begunMs + scrape * everyMs;
  const series = ['v1', 'v2'].flatMap((version): readonly Series[] => {
    const instance = `${version} of ${source}`;
    const bornMs = version === 'v2' ? begunMs + 5_000 : begunMs - 1_000_000;
    return [
      { metric: 'up', labels: { instance }, samples: [{ atMs, value: 1 }] },
      { metric: 'process_start_time_seconds', labels: { instance }, samples: [{ atMs, value: bornMs / 1_000 }] },
      {
        metric: 'requests_total',
        labels: { instance, version, code: '200' },
        samples: [{ atMs, value: scrape * 100 }],
      },
    ];
  });
  return { kind: 'series', source, receivedAtMs: atMs, series };
};

it('counts each request once at most', () => {
  let memory = emptyMemory;
  const counted = { canary: 0, stable: 0 };
  for (let scrape = 0; scrape < 30; scrape += 1) {
    const given = answer(scrape < 10 || scrape >= 20 ? 'prometheus' : 'direct', scrape);
    const nowMs = given.receivedAtMs;
    const measured = measure({ rules: [errorRule], arms, memory, answer: given, nowMs, notBeforeMs: begunMs });
    memory = measured.memory;
    const reading = measured.readings[errorRule.name];
    if (reading?.kind !== 'counts') continue;
    counted.canary += reading.fresh.canary.events;
    counted.stable += reading.fresh.stable?.events ?? 0;
  }
  // Of 29 intervals those of the two switches are baselines.
  expect(counted).toEqual({ canary: 2_700, stable: 2_700 });
});
