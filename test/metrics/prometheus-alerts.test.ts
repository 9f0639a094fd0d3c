/** Alerts out of a Prometheus that answers one of two questions. */
import { expect, it } from 'vitest';
import { json, queryServer, sourceAt } from '../support/query-server.ts';

const arms = { canary: { version: ['v2'] }, stable: { version: ['v1'] } };
const wanted = { id: 'high:alert', alertname: 'High', labels: { team: 'shop' } };
const request = { selectors: [], expressions: [], alerts: [wanted], arms, lookbackMs: 1_000 };

const labels = { alertname: 'High', team: 'shop', version: 'v2' };
const vector = (metric: object, value: string) => ({
  status: 'success',
  data: { resultType: 'vector', result: [{ metric, value: [1_767_614_400, value] }] },
});

const answering = async (failing: string) => {
  const server = await queryServer((query, response) => {
    if (query.startsWith(`${failing}{`)) response.writeHead(503).end('no');
    else if (query.startsWith('ALERTS{'))
      json(response, vector({ __name__: 'ALERTS', ...labels, alertstate: 'firing' }, '1'));
    else json(response, vector({ __name__: 'ALERTS_FOR_STATE', ...labels }, '1767614100'));
  });
  return { answer: await sourceAt(server.url).read(request), queries: server.queries };
};

it('are told with their labels and since when', async () => {
  const { answer, queries } = await answering('nothing');
  expect(answer).toMatchObject({ series: [], alerts: { 'high:alert': [{ labels, sinceMs: 1_767_614_100_000 }] } });
  expect(queries.toSorted()).toEqual([
    'ALERTS_FOR_STATE{team="shop",alertname="High"}',
    'ALERTS{team="shop",alertname="High",alertstate="firing"}',
  ]);
});

it('are told without since when where that is not answered', async () => {
  const { answer } = await answering('ALERTS_FOR_STATE');
  expect(answer).toMatchObject({ kind: 'series', alerts: { 'high:alert': [{ labels, sinceMs: null }] } });
  expect(answer).not.toHaveProperty('failures');
});

it('are unknown where that is not answered, not quiet', async () => {
  const { answer } = await answering('ALERTS');
  expect(answer).toMatchObject({ kind: 'series', alerts: {}, failures: [{ metrics: ['high:alert'] }] });
});
