import { describe, expect, it } from 'vitest';
import { wholeHistory } from '../../src/metrics/history-whole.ts';
import { prometheusHistory } from '../../src/metrics/prometheus-history.ts';
import { json, matrix, queryServer } from '../support/query-server.ts';
import { deadOrigin } from '../support/upstream.ts';

const span = { fromMs: 1_700_000_000_000, toMs: 1_700_000_600_000 };
const selectors = [{ metric: 'requests_total', matchers: [] }];
const read = (url: string) =>
  wholeHistory(prometheusHistory({ name: 'main', url, timeoutMs: 10_000 }).samples({ selectors, ...span }));

describe('the history of a server', () => {
  it('comes with the server’s warnings', async () => {
    const { url } = await queryServer((_query, response) =>
      json(response, { ...matrix(), warnings: ['store eu-1 did not answer'] }),
    );
    expect(await read(url)).toMatchObject({ ok: true, value: { warnings: ['store eu-1 did not answer'] } });
  });

  it('is asked for again when the server could not answer for a moment', async () => {
    let asked = 0;
    const values = [[1_700_000_010, '7']];
    const { url, queries } = await queryServer((_query, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(503).end('starting');
      else json(response, matrix({ metric: { __name__: 'requests_total' }, values }));
    });
    const history = await read(url);
    expect(history.ok && history.value.series[0]?.samples).toEqual([{ atMs: 1_700_000_010_000, value: 7 }]);
    expect(queries).toEqual(['requests_total[600000ms]', 'requests_total[600000ms]']);
  });

  it('is a failure in words when nobody is there', async () => {
    expect(await read(await deadOrigin())).toMatchObject({
      ok: false,
      error: { reason: 'Unreachable', readToMs: span.fromMs, message: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('is not asked for twice when the server refuses the question', async () => {
    const { url, queries } = await queryServer((_query, response) => response.writeHead(401).end());
    expect(await read(url)).toMatchObject({ ok: false, error: { reason: 'Unauthorized' } });
    expect(queries).toHaveLength(1);
  });
});
