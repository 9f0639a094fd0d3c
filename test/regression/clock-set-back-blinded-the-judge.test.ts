/** A wall clock that was set back made every new sample look old: an hour of failures convicted nobody, and was called sight. */
import { expect, it } from 'vitest';
import { readRequest } from '../../src/metrics/measure.ts';
import { scrapeSource } from '../../src/metrics/scrape.ts';
import { productionRules } from '../support/memory-world.ts';
import { arms, errorRule } from '../support/metrics.ts';
import { metricsPage } from '../support/metrics-page.ts';
import { SteppedLoop } from '../support/stepped-loop.ts';

const rules = await productionRules();

it.each([-3_600_000, 3_600_000])('convicts after a jump of %i ms', async (jumpMs) => {
  const loop = await new SteppedLoop(rules).begin();
  await loop.ticks(30, 1_000);
  loop.wallShiftMs += jumpMs;
  await loop.ticks(30, 1_000);
  expect((await loop.release()).latch).toBeNull();
  loop.world.errorRate['v2'] = 0.05;
  const after = await loop.ticks(60, 1_000);
  expect(after.latch).toMatchObject({ rule: 'error_rate' });
});

it('scrapes on with the times of now', async () => {
  const page = await metricsPage();
  let elapsedMs = 0;
  let nowMs = Date.UTC(2026, 0, 5, 12);
  const clock = { wallMs: () => nowMs, monotonicMs: () => elapsedMs };
  const source = scrapeSource({ name: 'scrape', targets: () => [page], intervalMs: 250, timeoutMs: 10_000, clock });
  const newest = async (): Promise<readonly (number | undefined)[]> => {
    elapsedMs += 1_000;
    page.add('requests_total', { code: '200' });
    const answer = await source.read(readRequest([errorRule], arms, 30_000));
    return answer.kind === 'failed' ? [] : [...new Set(answer.series.map(({ samples }) => samples.at(-1)?.atMs))];
  };
  expect(await newest()).toEqual([nowMs]);
  nowMs -= 3_600_000;
  expect(await newest()).toEqual([nowMs]);
});
