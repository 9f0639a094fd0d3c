import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { dashboardQueries } from '../support/dashboard-queries.ts';
import { eventually } from '../support/eventually.ts';
import { testServer } from '../support/http-server.ts';
import { MemoryControls } from '../support/memory-controls.ts';
import { needs } from '../support/needs.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { bakingRelease, rolledBackRelease, sampleRelease } from '../support/sample-release.ts';

const values = { policy: '.+', release: '.+', rule: 'error_rate', __rate_interval: '10s', __range: '1h' };

const files = readdirSync('dashboards').filter((file) => file.endsWith('.json'));

const happen = (metrics: Metrics): void => {
  metrics.decided('hold', 'StillBaking');
  metrics.routerWrote('ok');
  metrics.reconciled(3);
  metrics.notified('log', 'sent');
  metrics.ended('app', 'succeeded', 3_600_000);
  metrics.rolledBack('app', 'error_rate');
  metrics.ended('app', 'rolledBack', 900_000);
  metrics.reachedZero(420);
  metrics.queried('main', 12);
};

/** Releases in every state that a panel shows: one on its way, one that goes back. */
const world = async () => {
  const controls = new MemoryControls();
  const metrics = createMetrics({ version: '0', releases: () => controls.releases({}) });
  metrics.serves('app');
  const server = await testServer({ controls, metrics, clock: systemClock });
  const ended = rolledBackRelease();
  const cause = ended.latch!;
  const goingBack = {
    phase: 'rollingBack',
    cause,
    from: 25,
    undo: false,
    spentMs: 9,
    zeroAtMs: null,
    drainedMs: 0,
    emptyAtMs: null,
  } as const;
  await controls.put({ ...ended, id: 'app-back', phase: goingBack });
  await controls.put(sampleRelease({ id: 'app-forward' }));
  return { controls, metrics, server };
};

describe.runIf(needs('prometheus'))('the dashboards over a real Prometheus', () => {
  it('return data for each query', { timeout: 90_000 }, async () => {
    const { controls, metrics, server } = await world();
    const prometheus = await startPrometheus({ targets: [new URL(server.url).host] });
    const waiting = { reason: 'StillBaking', message: '', rule: null, atMs: 0, data: {} };
    const isEmpty = async (expr: string): Promise<boolean> => {
      const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(expr)}`);
      const { data } = (await answer.json()) as { data: { result: readonly { value: readonly [number, string] }[] } };
      return !data.result.some(({ value }) => value[1] !== 'NaN');
    };
    await eventually(async () => !(await isEmpty('sluice_release_step{release="app-forward"} == 0')));
    await controls.put(bakingRelease({ id: 'app-forward', waiting }));
    const queries = files.flatMap((file) => dashboardQueries(join('dashboards', file), values));
    const silent = new Set(queries.map(({ expr }) => expr));
    const ask = async (): Promise<void> => {
      happen(metrics);
      await Promise.all([...silent].map(async (expr) => (await isEmpty(expr)) || silent.delete(expr)));
      expect([...silent]).toEqual([]);
    };
    await eventually(() => ask().then(() => true), { everyMs: 500 });
  });
});
