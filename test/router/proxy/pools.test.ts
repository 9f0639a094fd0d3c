/** Which settings make new pools of connections, and whose counters are kept when many revisions come and go. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ProxyLane } from '../../../src/router/proxy/proxy-lane.ts';
import { ProxyMetrics } from '../../../src/router/proxy/proxy-metrics.ts';
import { ProxyPlane } from '../../../src/router/proxy/proxy-plane.ts';
import { ProxyStateFile } from '../../../src/router/proxy/proxy-state-file.ts';
import { proxySettings } from '../../../src/router/proxy/settings.ts';
import { emptyRoute } from '../../../src/router/route.ts';
import { tempDir } from '../../support/temp-dir.ts';

const levels = () => ({
  canaryPercent: 0,
  open: { canary: 0, stable: 0 },
  well: { canary: 0, stable: 0 },
  saved: true,
});

test('connections stay through a change of other settings, and are made anew for another time to connect', () => {
  const meter = new ProxyMetrics(levels).meter({ backend: 'stable', revision: 'v1' });
  const lane = new ProxyLane({ backend: 'stable', connectMs: 2_000, meter });
  onTestFinished(() => lane.destroy());
  lane.point({ revision: 'v1', endpoints: ['http://127.0.0.1:1'] }, meter);
  const [endpoint] = lane.endpoints;
  const pool = endpoint?.pool;
  lane.configure(2_000);
  expect(endpoint?.pool).toBe(pool);
  lane.configure(3_000);
  expect(lane.endpoints[0]).toBe(endpoint);
  expect(endpoint?.pool).not.toBe(pool);
  expect(pool?.closed).toBe(true);
});

test('an endpoint that stays among others keeps its connections, and is asked once where it is named twice', () => {
  const meter = new ProxyMetrics(levels).meter({ backend: 'stable', revision: 'v1' });
  const lane = new ProxyLane({ backend: 'stable', connectMs: 2_000, meter });
  onTestFinished(() => lane.destroy());
  const [one, two] = ['http://127.0.0.1:1', 'http://127.0.0.1:2'];
  lane.point({ revision: 'v1', endpoints: [one] }, meter);
  const before = lane.endpoints[0];
  lane.point({ revision: 'v1', endpoints: [two, one, one] }, meter);
  expect(lane.endpoints.map(({ origin }) => origin)).toEqual([two, one]);
  expect(lane.endpoints[1]).toBe(before);
  lane.point({ revision: 'v1', endpoints: [two] }, meter);
  expect(before?.pool.closed).toBe(true);
});

test('a backend that stays as it is keeps its counters, however many revisions the other has had', async () => {
  const file = new ProxyStateFile(join(await tempDir(), 'state.json'), () => {});
  const plane = new ProxyPlane({ route: emptyRoute(1), settings: proxySettings.parse({}), file });
  onTestFinished(() => plane.end());
  const point = (backend: 'canary' | 'stable', revision: string) =>
    expect(plane.point({ backend, revision, endpoints: ['http://127.0.0.1:1'], epoch: 1 })).toBe(null);
  point('stable', 'kept');
  plane.metrics.meter({ backend: 'stable', revision: 'kept' }).requestEnded(500, 0.1);
  for (let count = 0; count < 30; count++) point('canary', `c${count}`);
  await file.settled(60_000);
  const text = await plane.metrics.registry.metrics();
  expect(text).toContain('sluice_proxy_requests_total{backend="stable",revision="kept",code="500"} 1');
  expect(text).toContain('revision="c29"');
  expect(text).not.toContain('revision="c0"');
});
