import { expect, test } from 'vitest';
import { sampleServicePath } from '../../src/cli/demo/sample-command.ts';
import { eventually } from '../support/eventually.ts';
import { startProcess } from '../support/process.ts';
import { startSampleService } from '../support/sample-service.ts';

async function statuses(url: string, count: number): Promise<readonly number[]> {
  const got: number[] = [];
  for (let request = 0; request < count; request++) got.push((await fetch(url)).status);
  return got;
}

async function sample(url: string, series: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  if (line === undefined) throw new Error(`no ${series}`);
  return Number(line.slice(series.length));
}

test('answers with its version, counts what it answered, and times it', async () => {
  const { url } = await startSampleService({ VERSION: 'v7' });
  const response = await fetch(url);
  expect([response.status, response.headers.get('x-version'), await response.json()]).toEqual([
    200,
    'v7',
    { version: 'v7' },
  ]);
  await fetch(url, { method: 'POST', body: 'x' });
  expect(await sample(url, 'http_requests_total{method="GET",code="200",version="v7"}')).toBe(1);
  expect(await sample(url, 'http_requests_total{method="POST",code="200",version="v7"}')).toBe(1);
  expect(await sample(url, 'http_requests_total{method="GET",code="500",version="v7"}')).toBe(0);
  expect(await sample(url, 'http_request_duration_seconds_count{method="GET",code="200",version="v7"}')).toBe(1);
  for (const le of ['0.1', '0.25', '0.5', '1', '2.5', '+Inf']) {
    const bucket = `http_request_duration_seconds_bucket{le="${le}",method="GET",code="200",version="v7"}`;
    expect(await sample(url, bucket)).toBe(1);
  }
  expect(await sample(url, 'process_start_time_seconds')).toBeGreaterThan(1_600_000_000);
});

test('health checks and scrapes are not counted as requests', async () => {
  const { url } = await startSampleService({ VERSION: 'v1' });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(await sample(url, 'http_requests_total{method="GET",code="200",version="v1"}')).toBe(0);
});

test('the same seed gives the same errors', async () => {
  const runs: (readonly number[])[] = [];
  for (const seed of ['7', '7', '8']) {
    const { url, process } = await startSampleService({ ERROR_RATE: '0.4', SEED: seed });
    runs.push(await statuses(url, 40));
    await process.end();
  }
  const [first, again, other] = runs;
  expect(new Set(first)).toEqual(new Set([200, 500]));
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

test('faults are changed while it runs', async () => {
  const { url, control } = await startSampleService();
  expect(await statuses(url, 5)).toEqual([200, 200, 200, 200, 200]);
  expect(await (await control({ errorRate: 1 })).json()).toMatchObject({ errorRate: 1, latencyMs: 1 });
  expect(await statuses(url, 5)).toEqual([500, 500, 500, 500, 500]);
  await control({ errorRate: 0, slowRate: 1, slowMs: 300 });
  const from = performance.now();
  expect(await statuses(url, 1)).toEqual([200]);
  expect(performance.now() - from).toBeGreaterThan(100);
  await control({ unhealthy: true });
  expect((await fetch(`${url}/healthz`)).status).toBe(503);
});

test('hangs on demand, health check and metrics included, and can be told to stop it', async () => {
  const { url, control } = await startSampleService();
  await control({ hang: true });
  for (const path of ['/', '/healthz', '/metrics']) {
    await expect(fetch(url + path, { signal: AbortSignal.timeout(150) })).rejects.toThrow(/timeout/);
  }
  await control({ hang: false });
  expect((await fetch(url)).status).toBe(200);
});

test('cuts off scrapes on demand, while users are served', async () => {
  const { url, control } = await startSampleService();
  await control({ metricsDown: true });
  await expect(fetch(`${url}/metrics`)).rejects.toThrow('fetch failed');
  expect(await statuses(url, 3)).toEqual([200, 200, 200]);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await control({ metricsDown: false });
  expect(await sample(url, 'http_requests_total{method="GET",code="200",version="dev"}')).toBe(3);
});

test('holds memory on demand, and ends with an exit code on demand', async () => {
  const { url, control, process } = await startSampleService();
  const before = await sample(url, 'process_resident_memory_bytes');
  await control({ memoryMib: 100 });
  await eventually(async () => (await sample(url, 'process_resident_memory_bytes')) > before + 90 * 2 ** 20);
  await control({ exit: 7 }).catch(() => {});
  expect(await process.exited).toBe(7);
});

test('refuses control that is not JSON, unknown faults and impossible rates', async () => {
  const { url, control } = await startSampleService();
  const post = (body: string, type: string) =>
    fetch(`${url}/_control`, { method: 'POST', body, headers: { 'content-type': type } });
  expect((await post('{"errorRate":1}', 'text/plain')).status).toBe(415);
  expect((await post('{', 'application/json')).status).toBe(400);
  expect((await post(JSON.stringify({ errorrate: 1 }), 'application/json')).status).toBe(400);
  const tooMuch = await control({ errorRate: 1.5 });
  expect([tooMuch.status, await tooMuch.text()]).toEqual([400, expect.stringContaining('errorRate')]);
  expect((await fetch(url)).status).toBe(200);
});

test('finishes open requests when it is told to end', async () => {
  const { url, process } = await startSampleService({ LATENCY_MS: '400' });
  const waiting = () => sample(url, 'nodejs_active_resources{type="Timeout"}').catch(() => 0);
  const before = await waiting();
  const open = fetch(url);
  await eventually(async () => (await waiting()) > before, { everyMs: 5 });
  expect(await process.end('SIGTERM')).toBe(0);
  expect((await open).status).toBe(200);
});

test('says which setting it cannot use', async () => {
  const service = startProcess([process.execPath, sampleServicePath], { env: { ...process.env, ERROR_RATE: 'many' } });
  expect(await service.exited).toBe(2);
  expect(service.output()).toContain('ERROR_RATE');
});
