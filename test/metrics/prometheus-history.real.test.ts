import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HistoryChunk } from '../../src/metrics/history.ts';
import { wholeHistory } from '../../src/metrics/history-whole.ts';
import { prometheusHistory } from '../../src/metrics/prometheus-history.ts';
import { aHistory, historySourceContract } from '../contract/history-source.ts';
import { type AtEnd, suiteEnd } from '../support/at-end.ts';
import { needs } from '../support/needs.ts';
import { openMetricsOf } from '../support/open-metrics.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { tempDir } from '../support/temp-dir.ts';

const historyAt = (url: string, more: { readonly maxBytes?: number } = {}) =>
  prometheusHistory({ name: 'main', url, timeoutMs: 20_000, ...more });

const serve = async (world: ReturnType<typeof aHistory>, flags: readonly string[], atEnd: AtEnd): Promise<string> => {
  const file = join(await tempDir(atEnd), 'history.txt');
  await writeFile(file, openMetricsOf(world.series));
  return (await startPrometheus({ history: [file], flags }, atEnd)).url;
};

describe.runIf(needs(['prometheus', 'promtool']))('a real Prometheus', () => {
  historySourceContract('Prometheus', async (world, atEnd) => historyAt(await serve(world, [], atEnd)));

  describe('that takes few samples into memory', () => {
    const atEnd = suiteEnd();
    const world = aHistory(Date.now());
    const { fromMs, toMs } = world;
    let url: string;
    beforeAll(async () => {
      url = await serve(world, ['--query.max-samples=2000'], atEnd);
    });
    const selectors = [{ metric: 'requests_total', matchers: [] }];
    const read = (more: { readonly maxBytes?: number }) =>
      wholeHistory(historyAt(url, more).samples({ selectors, fromMs, toMs }));

    it('is read in chunks that are narrow enough', async () => {
      const chunks: HistoryChunk[] = [];
      for await (const chunk of historyAt(url).samples({ selectors, fromMs, toMs }))
        if (chunk.ok) chunks.push(chunk.value);
        else throw new Error(chunk.error.message);
      expect(chunks.at(-1)!.toMs).toBe(toMs);
      const counted = chunks.flatMap(({ series }) => series.map(({ samples }) => samples.length));
      const all = world.series.map(({ samples }) => samples.length);
      expect(counted.reduce((a, b) => a + b)).toBe(all.reduce((a, b) => a + b));
    });

    it('is read in chunks that stay below the cap of an answer', async () => {
      const history = await read({ maxBytes: 8_000 });
      expect(history.ok && history.value.series.map(({ samples }) => samples.length)).toEqual(
        world.series.map(({ samples }) => samples.length),
      );
    });

    it('says so when even the narrowest chunk is too large', async () => {
      expect(await read({ maxBytes: 60 })).toMatchObject({
        ok: false,
        error: {
          reason: 'TooLarge',
          readToMs: fromMs,
          message: expect.stringMatching(/larger than 60 bytes \(asked for/),
        },
      });
    });
  });
});
