/** Load: to the canary's own addresses only, labelled, counted apart, and ended with its signal. */
import { expect, it } from 'vitest';
import { makeLoad } from '../../src/checks/http-load.ts';
import { LoadCounters } from '../../src/checks/load-counters.ts';
import { aQuestion } from '../support/a-question.ts';
import { startUpstream } from '../support/upstream.ts';

const spec = {
  kind: 'load',
  path: '/x',
  perSecond: 100,
  forMs: 200,
  timeoutMs: 5_000,
  headers: {},
  maxFailed: 0.1,
} as const;

it('goes round the instances, and fails with the part that fails', async () => {
  const good = await startUpstream((_request, response) => response.end());
  const bad = await startUpstream((_request, response) => response.writeHead(500).end());
  const counters = new LoadCounters();
  const question = aQuestion({ canary: [good.origin, bad.origin], stable: ['http://127.0.0.1:1'] });
  const heard = await makeLoad(spec, question, { counters, signal: new AbortController().signal });
  expect(heard).toMatchObject({ outcome: 'failed', message: expect.stringContaining('20 requests to /x') });
  expect([good.seen.length, bad.seen.length]).toEqual([10, 10]);
  expect(good.seen[0]?.headers['x-sluice-load']).toBe('app-1');
  const counted = counters.series().filter(({ metric }) => metric === 'sluice_load_requests_total');
  expect(counted.map(({ labels, value }) => [labels['code'], value])).toEqual([
    ['200', 10],
    ['500', 10],
  ]);
});

it('sends nothing once it is given up', async () => {
  const { origin, seen } = await startUpstream((_request, response) => response.end());
  await makeLoad(spec, aQuestion({ canary: [origin] }), { counters: new LoadCounters(), signal: AbortSignal.abort() });
  expect(seen).toHaveLength(0);
});
