import { expect, it } from 'vitest';
import { memoryHistory } from '../../src/metrics/history-memory.ts';
import { wholeHistory } from '../../src/metrics/history-whole.ts';
import { historySourceContract, sumAt } from '../contract/history-source.ts';
import { requests } from '../support/metrics.ts';

historySourceContract('the one in memory', async (world) =>
  memoryHistory({ series: world.series, evaluate: sumAt(world) }),
);

it('a history tells each warning of its source once', async () => {
  const series = [requests('a:1', '200', [0, 1], [15, 2], [30, 3])];
  const source = memoryHistory({ series, warnings: ['a store did not answer'], chunkMs: 10_000 });
  const { samples } = series[0]!;
  const span = { fromMs: samples[0]!.atMs, toMs: samples[2]!.atMs + 1 };
  const selectors = [{ metric: 'requests_total', matchers: [] }];
  const history = await wholeHistory(source.samples({ selectors, ...span }));
  expect(history).toMatchObject({ ok: true, value: { series, warnings: ['a store did not answer'] } });
});
