import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { getJson, testServer } from '../support/http-server.ts';

describe('probes', () => {
  it('follow the loop and not the metrics', async () => {
    const { url, controls } = await testServer();
    expect(await getJson(`${url}/livez`)).toMatchObject({ status: 200, body: { ok: true, ageMs: 3 } });
    controls.health = { alive: { ok: false, ageMs: 31_000 }, ready: { ok: false, missing: ['the store is opened'] } };
    expect(await getJson(`${url}/livez`)).toMatchObject({ status: 503, body: { ok: false, ageMs: 31_000 } });
    expect(await getJson(`${url}/readyz`)).toMatchObject({ status: 503, body: { missing: ['the store is opened'] } });
  });
});

describe('starting and stopping', () => {
  it('says who else may hold a port', async () => {
    const { port } = await testServer();
    await expect(testServer({ port })).rejects.toThrow(`127.0.0.1:${port} is taken: another controller may be running`);
  });

  it('ends live streams and slow requests, and frees the port', async () => {
    const server = await testServer();
    const stream = await openEventStream(`${server.url}/api/v1/events`);
    await server.stop(100);
    await eventually(() => stream.isClosed());
    const again = createServer();
    await new Promise<void>((resolve, reject) => {
      again.on('error', reject).listen(server.port, '127.0.0.1', resolve);
    });
    again.close();
  });

  it('counts what it answered, by method and code', async () => {
    const { url } = await testServer();
    await getJson(`${url}/nowhere`);
    const text = await eventually(async () => {
      const answer = await (await fetch(`${url}/metrics`)).text();
      return answer.includes('sluice_api_requests_total{') ? answer : null;
    });
    expect(text).toContain('sluice_api_requests_total{method="GET",code="404"} 1');
  });
});
