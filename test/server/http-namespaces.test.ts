import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { failed, ok } from '../../src/lib/result.ts';
import { NamespacesServer } from '../../src/server/http-namespaces.ts';
import type { Reviewer } from '../../src/server/reviewer.ts';
import { atTestEnd } from '../support/at-end.ts';
import { getJson } from '../support/http-server.ts';
import { MemoryControls } from '../support/memory-controls.ts';
import { bakingRelease } from '../support/sample-release.ts';

const log = pino({ level: 'silent' });

const common = { log, clock: systemClock, version: '1.2.3' };

async function opened(more: { readonly openMetrics?: boolean; readonly reviewer?: Reviewer } = {}) {
  const server = await NamespacesServer.open({ ...common, host: '127.0.0.1', port: 0, ...more });
  if (!server.ok) throw new Error(server.error.message);
  atTestEnd(() => server.value.stop(100));
  const taken = async (namespace: string) => {
    const door = server.value.door(namespace);
    const controls = new MemoryControls();
    const metrics = door.metrics(async () => ok([bakingRelease()]));
    const part = await door.serve({ ...common, controls, metrics, keys: [] });
    if (!part.ok) throw new Error(part.error.message);
    return { controls, metrics, part: part.value };
  };
  return { server: server.value, url: server.value.url, taken };
}

describe('one port for several namespaces', () => {
  it('answers for each below its own address, and for nobody else', async () => {
    const { server, taken, url } = await opened();
    const a = await taken('a');
    server.door('b');
    expect(a.part.url).toBe(`${url}/namespaces/a`);
    expect((await getJson(`${url}/namespaces/a/api/v1/releases`)).status).toBe(200);
    expect(await getJson(`${url}/namespaces/b/api/v1/releases`)).toMatchObject({
      status: 503,
      body: { reason: 'Unavailable', message: expect.stringContaining('namespace b') },
    });
    expect((await getJson(`${url}/namespaces/c/api/v1/releases`)).status).toBe(404);
    expect(await getJson(`${url}/api/v1/releases`)).toMatchObject({ status: 404, body: { reason: 'NotFound' } });
    const page = await fetch(`${url}/namespaces/a`, { redirect: 'manual' });
    expect([page.status, page.headers.get('location')]).toEqual([308, '/namespaces/a/']);
    await a.part.stop();
    expect((await getJson(`${url}/namespaces/a/api/v1/releases`)).status).toBe(503);
    await server.leave('a');
    expect((await getJson(`${url}/namespaces/a/api/v1/releases`)).status).toBe(404);
  });

  it('takes the next who serves where one stopped, and the stop of the one before takes nothing from it', async () => {
    const { taken, url } = await opened();
    const before = await taken('a');
    await taken('a');
    await before.part.stop();
    expect((await getJson(`${url}/namespaces/a/api/v1/releases`)).status).toBe(200);
  });

  it('lives while all do, and is ready when all are', async () => {
    const { taken, url } = await opened();
    const [a, b] = [await taken('a'), await taken('b')];
    expect([(await getJson(`${url}/livez`)).status, (await getJson(`${url}/readyz`)).status]).toEqual([200, 200]);
    b.controls.health = { alive: { ok: false, ageMs: 9 }, ready: { ok: false, missing: ['standby'] } };
    expect((await getJson(`${url}/livez`)).status).toBe(503);
    expect(await getJson(`${url}/readyz`)).toMatchObject({ status: 503, body: { missing: ['namespace b: standby'] } });
    expect(a.controls.health.alive.ok).toBe(true);
  });

  it('has the same strict headers for whatever it answers', async () => {
    const { server, taken, url } = await opened();
    await taken('a');
    server.door('b');
    for (const path of ['/', '/nothing', '/namespaces/a/readyz', '/namespaces/b/', '/namespaces/c/']) {
      const { headers } = await fetch(`${url}${path}`);
      const told = [headers.get('x-content-type-options'), headers.get('cache-control')];
      expect([path, ...told]).toEqual([path, 'nosniff', 'no-store']);
    }
  });

  it('is not ready while it lacks something, though nothing else is missing', async () => {
    const { server, url } = await opened();
    const found = server.lacks('something');
    expect(await getJson(`${url}/readyz`)).toMatchObject({ status: 503, body: { missing: ['something'] } });
    found();
    expect((await getJson(`${url}/readyz`)).status).toBe(200);
  });

  it('shows the metrics of all on one page, each sample with its namespace', async () => {
    const { server, taken, url } = await opened({ openMetrics: true });
    const [a, b] = [await taken('a'), await taken('b')];
    a.metrics.rolledBack('app', 'error_rate');
    b.metrics.driftCorrected('app');
    server.door('c').metrics(async () => failed({ reason: 'Unreachable', message: 'gone', retryable: true }));
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('sluice_rollbacks_total{namespace="a",policy="app",rule="error_rate"} 1');
    expect(text).toContain('sluice_drift_corrections_total{namespace="b",policy="app"} 1');
    for (const namespace of ['a', 'b']) expect(text).toContain(`sluice_release_info{namespace="${namespace}",policy=`);
    expect(text.match(/^# TYPE sluice_release_info /gm)).toHaveLength(1);
    expect(text).toContain('sluice_scrape_errors_total 1');
  });

  it('forgets what was counted in a namespace that it left, and nothing else', async () => {
    const { server, taken, url } = await opened({ openMetrics: true });
    for (const { metrics } of [await taken('a'), await taken('b')]) {
      metrics.serves('app');
      metrics.rolledBack('app', 'error_rate');
      metrics.ended('app', 'rolledBack', 900_000);
      metrics.reachedZero(420);
      metrics.queried('main', 2_000, 'Timeout');
      metrics.apiAnswered('GET', 200);
    }
    const samples = async (namespace: string) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return text.split('\n').filter((line) => line.includes(`namespace="${namespace}"`));
    };
    const kept = await samples('b');
    expect((await samples('a')).length).toBe(kept.length);
    await server.leave('a');
    expect([await samples('a'), await samples('b')]).toEqual([[], kept]);
  });

  it('shows no metrics to whoever may not see them', async () => {
    const reviewer: Reviewer = {
      identify: async () => failed({ reason: 'Unauthorized', message: 'who are you', retryable: false }),
      objection: async () => null,
    };
    const { url } = await opened({ reviewer });
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
  });
});
