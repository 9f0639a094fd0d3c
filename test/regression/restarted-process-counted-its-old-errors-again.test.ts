/** A process restarted and had no errors yet: the last old sample of its error counter, on its way out of sight, was counted as new errors. */
import { expect, it } from 'vitest';
import { emptyMemory } from '../../src/metrics/counter-memory.ts';
import { measure } from '../../src/metrics/measure.ts';
import type { Series } from '../../src/metrics/series.ts';
import { errorRule } from '../support/metrics.ts';

const arms = { canary: { version: ['v2'] }, stable: { version: ['v1'] } };
const begunMs = Date.UTC(2026, 0, 5, 12);
const everyMs = 15_000;
const lookbackMs = 4 * everyMs;
const restartMs = begunMs + 10.5 * everyMs;

/** 100 requests a scrape; 5,000 errors before the restart, a new one five scrapes after it. */
const canary = (metric: string, code: string | null, value: (atMs: number) => number | null): Series => ({
  metric,
  labels: { instance: 'v2', version: 'v2', ...(code === null ? {} : { code }) },
  samples: Array.from({ length: 40 }, (_, scrape) => begunMs + scrape * everyMs).flatMap((atMs) => {
    const seen = value(atMs);
    return seen === null ? [] : [{ atMs, value: seen }];
  }),
});

const startMs = (atMs: number): number => (atMs < restartMs ? begunMs - 3_600_000 : restartMs);
const series = [
  canary('requests_total', '200', (atMs) => (100 * (atMs - startMs(atMs))) / everyMs),
  canary('requests_total', '500', (atMs) => {
    if (atMs < restartMs) return 5_000;
    return atMs < restartMs + 5 * everyMs ? null : 1;
  }),
  canary('up', null, () => 1),
  canary('process_start_time_seconds', null, (atMs) => startMs(atMs) / 1_000),
];

it('counts the new errors, and no old one', () => {
  let memory = emptyMemory;
  let bad = 0;
  for (let scrape = 0; scrape < 40; scrape += 1) {
    const nowMs = begunMs + scrape * everyMs;
    const seen = series
      .map((each) => ({
        ...each,
        samples: each.samples.filter(({ atMs }) => atMs > nowMs - lookbackMs && atMs <= nowMs),
      }))
      .filter(({ samples }) => samples.length > 0);
    const answer = { kind: 'series', source: 'prometheus', receivedAtMs: nowMs, series: seen } as const;
    const measured = measure({ rules: [errorRule], arms, memory, answer, nowMs, notBeforeMs: begunMs });
    memory = measured.memory;
    const reading = measured.readings[errorRule.name];
    if (reading?.kind === 'counts') bad += reading.fresh.canary.bad;
  }
  expect(bad).toBe(1);
});
