/** The Alertmanager adapter against a server that misbehaves: nothing that it does is taken for "nothing fires". */
import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type AlertmanagerOptions, alertmanagerSource } from '../../src/metrics/alertmanager-http.ts';
import type { Answer } from '../../src/metrics/metric-source.ts';
import { json } from '../support/query-server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startUpstream } from '../support/upstream.ts';

const wanted = { id: 'high:alert', alertname: 'High', labels: {} };
const request = {
  selectors: [],
  expressions: [],
  alerts: [wanted],
  arms: { canary: {}, stable: {} },
  lookbackMs: 1_000,
};

const server = async (answer: (response: ServerResponse) => void, more: Partial<AlertmanagerOptions> = {}) => {
  const upstream = await startUpstream((_request, response) => answer(response));
  const url = `${upstream.origin}/am/`;
  const source = alertmanagerSource({ name: 'pager', url, intervalMs: 0, timeoutMs: 1_000, ...more });
  return { seen: upstream.seen, read: (): Promise<Answer> => source.read(request) };
};

const alert = (state: string, startsAt = '2026-01-05T12:00:00Z') => ({
  labels: { alertname: 'High', version: 'v2' },
  startsAt,
  status: { state, silencedBy: [], inhibitedBy: [] },
});

it('asks for active alerts of the wanted names, below the path prefix', async () => {
  const { seen, read } = await server((response) => json(response, []));
  await read();
  const { pathname, searchParams } = new URL(seen[0]?.url ?? '', 'http://x');
  expect(pathname).toBe('/am/api/v2/alerts');
  expect(Object.fromEntries(searchParams)).toEqual({
    active: 'true',
    silenced: 'false',
    inhibited: 'false',
    unprocessed: 'false',
    filter: 'alertname="High"',
  });
});

it('takes active ones alone, and a time that is none for unknown', async () => {
  const { read } = await server((response) =>
    json(response, [alert('suppressed'), alert('unprocessed'), alert('active', 'soon')]),
  );
  expect(await read()).toMatchObject({
    alerts: { 'high:alert': [{ labels: { alertname: 'High', version: 'v2' }, sinceMs: null }] },
  });
});

it.each<readonly [string, (response: ServerResponse) => void, object]>([
  ['an error', (response) => void response.writeHead(503).end('no'), { reason: 'Unreachable' }],
  ['a refusal', (response) => void response.writeHead(401).end(), { reason: 'Unauthorized' }],
  ['a wrong address', (response) => void response.writeHead(404).end('not found'), { reason: 'Malformed' }],
  ['a redirect', (response) => void response.writeHead(302, { location: '/login' }).end(), { reason: 'Malformed' }],
  ['a page', (response) => void response.end('<html>'), { reason: 'Malformed' }],
  ['something else', (response) => json(response, { status: 'success' }), { reason: 'Malformed' }],
  ['too much', (response) => json(response, [alert('active'), 'x'.repeat(5_000)]), { reason: 'TooLarge' }],
  ['half of it', (response) => void response.write('['), { reason: 'Timeout' }],
])('%s is a failure', async (_what, answer, failure) => {
  const { read } = await server(answer, { maxBytes: 4_000, timeoutMs: 300 });
  expect(await read()).toMatchObject({ kind: 'failed', source: 'pager', ...failure });
});

it('sends its token, and fails without the file', async () => {
  const tokenFile = join(await tempDir(), 'token');
  const { seen, read } = await server((response) => json(response, []), { tokenFile });
  expect(await read()).toMatchObject({ kind: 'failed', reason: 'Unauthorized' });
  await writeFile(tokenFile, 'secret\n');
  expect(await read()).toMatchObject({ kind: 'series' });
  expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret']);
});

it('is asked no more often than its interval, however often others look', async () => {
  const { seen, read } = await server((response) => json(response, [alert('active')]), { intervalMs: 60_000 });
  const [first, second] = [await read(), await read()];
  expect(second).toEqual(first);
  expect(seen).toHaveLength(1);
});
